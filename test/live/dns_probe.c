/*
 * dns_probe SERVER FAMILY MSEC HOST: one dns_lookup, told in one line, for
 * dns_live.py to compare.
 */
#include <stdio.h>
#include <stdlib.h>

#include "probes/wire/dns.h"
#include "probes/wire/wait.h"

static void tell(const struct name_facts *facts)
{
	printf(" asked=%s a=%s%s aaaa=%s%s resolver=%s cname=", facts->asked,
	       fault_name(facts->a), facts->asked_a ? "" : "(not-asked)",
	       fault_name(facts->aaaa),
	       facts->asked_aaaa ? "" : "(not-asked)", facts->resolver);
	for (size_t i = 0; i < facts->cnames; i++)
		printf("%s%s", i ? "," : "", facts->cname[i]);
	printf(" addresses=");
	for (size_t i = 0; i < facts->addresses; i++)
		printf("%s%s", i ? "," : "", facts->address[i].text);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct dns_options options = { .family = FAMILY_ANY };
	struct name_facts facts;
	struct fault why = { .kind = FAULT_NONE };

	if (argc != 5 || !wait_setup() || !dns_setup())
		return 2;
	if (argv[1][0])
		options.server = argv[1];
	if (argv[2][0] == '4')
		options.family = FAMILY_IPV4;
	if (argv[2][0] == '6')
		options.family = FAMILY_IPV6;
	dns_lookup(&options, argv[4], 993,
		   now_msec() + strtol(argv[3], NULL, 10), &facts, &why);
	printf("fault=%s", fault_name(why.kind));
	tell(&facts);
	fprintf(stderr, "%s\n", why.text);
	dns_teardown();
	return 0;
}
