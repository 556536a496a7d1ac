#include "cmd/command.h"

#include <sysexits.h>

#include "reports/nagios.h"

static int for_programs(int code)
{
	switch (code) {
	case 0:
		return EX_OK;
	case 1:
		return EX_NOPERM;
	case EXIT_USAGE:
		return EX_USAGE;
	case 3:
		return EX_TEMPFAIL;
	case 4:
		return EX_UNAVAILABLE;
	case EXIT_INTERNAL:
		return EX_SOFTWARE;
	default:
		return code;
	}
}

int exit_code_in_style(enum exit_style style, int code)
{
	switch (style) {
	case EXITS_NAGIOS:
		return (int)nagios_of_code(code);
	case EXITS_SYSEXITS:
		return for_programs(code);
	case EXITS_OWN:
		break;
	}
	return code;
}
