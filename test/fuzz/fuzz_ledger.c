#include <string.h>

#include "cmd/batch/ledger_file.h"
#include "probes/base/buf.h"
#include "test/fuzz/fuzz.h"

/*
 * The state file as anybody may have written it; and rows of any kind as we
 * write them, which is past the check that keeps chance out.
 */
static bool count(void *context, const struct ledger_row *row)
{
	HOLDS(row->kind <= ROW_HOST);
	++*(size_t *)context;
	return true;
}

static bool keep(void *context, const struct ledger_row *row)
{
	*(struct ledger_row *)context = *row;
	return true;
}

static void there_and_back(const uint8_t *data, size_t size)
{
	unsigned char key[LEDGER_KEY] = { 1 }, got_key[LEDGER_KEY];
	struct ledger_row row = { .kind = ROW_REFUSED }, got;
	char text[2 * LEDGER_LINE_CAP], line[LEDGER_LINE_CAP];
	struct buf b = buf_over(text, sizeof(text));
	bool has_key;

	if (size < LEDGER_ID + 8)
		return;
	row.kind = (enum ledger_row_kind)(data[0] % 3);
	row.tag = (uint16_t)(data[1] << 8 | data[2]);
	row.count = data[3];
	row.at = (epoch)data[4] << 24 | data[5] << 16 | data[6] << 8 | data[7];
	memcpy(row.id, data + 8, LEDGER_ID);
	HOLDS(ledger_head(key, line));
	buf_str(&b, line);
	HOLDS(ledger_line(key, &row, line));
	buf_str(&b, line);
	HOLDS(ledger_parse(buf_span(&b), got_key, &has_key, keep, &got) == 0);
	HOLDS(has_key && memcmp(key, got_key, LEDGER_KEY) == 0);
	HOLDS(got.kind == row.kind && got.tag == row.tag &&
	      got.count == row.count && got.at == row.at &&
	      memcmp(got.id, row.id, LEDGER_ID) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char key[LEDGER_KEY];
	size_t rows = 0;
	bool has_key;
	long line = ledger_parse(fuzz_span(data, size), key, &has_key, count,
				 &rows);

	HOLDS(line >= 0 && (size_t)line <= size);
	HOLDS(rows == 0 || has_key);
	there_and_back(data, size);
	return 0;
}
