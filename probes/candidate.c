#include "probes/candidate.h"

static const char *const sources[] = {
#define X(source, name) [source] = name,
	SOURCES(X)
#undef X
};

static const char *const outcomes[] = {
#define X(outcome, name) [outcome] = name,
	OUTCOMES(X)
#undef X
};

const char *source_name(enum source s)
{
	return sources[s];
}

const char *outcome_name(enum outcome o)
{
	return outcomes[o];
}
