#include <string.h>

#include "probes/wire/dns_message.h"
#include "test/fuzz/fuzz.h"

static void read_as(enum record_type type, const uint8_t *data, size_t size)
{
	struct records_facts f = { .type = type, .asked = "x.example" };

	dns_message_records(data, size, &f);
	HOLDS(f.fault < FAULT_KIND_COUNT);
	HOLDS(f.n <= RECORDS_MAX);
	HOLDS((f.fault == FAULT_NONE) == (f.n > 0));
	for (size_t i = 0; i < f.n; i++) {
		HOLDS(memchr(f.record[i].host, 0, HOST_CAP));
		HOLDS(f.record[i].host[0] != '\0');
		HOLDS(f.record[i].port <= 65535);
		HOLDS(i == 0 || f.record[i - 1].priority <=
				f.record[i].priority);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as(RECORD_MX, data, size);
	read_as(RECORD_SRV, data, size);
	return 0;
}
