#include <string.h>

#include "probes/wire/dns_message.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name_facts facts = { .asked = "imap.example" };
	enum fault_kind fault = FAULT_KIND_COUNT;

	dns_message_read(data, size, "imap.example", 993, &facts, &fault);
	HOLDS(fault < FAULT_KIND_COUNT);
	HOLDS(facts.addresses <= ADDRESSES_MAX);
	HOLDS(facts.cnames <= CNAMES_MAX);
	HOLDS(fault != FAULT_NONE || facts.addresses > 0);
	for (size_t i = 0; i < facts.addresses; i++) {
		HOLDS(facts.address[i].family != FAMILY_ANY);
		HOLDS(facts.address[i].port == 993);
		HOLDS(memchr(facts.address[i].text, 0, ADDRESS_TEXT_CAP));
	}
	for (size_t i = 0; i < facts.cnames; i++)
		HOLDS(memchr(facts.cname[i], 0, HOST_CAP));
	return 0;
}
