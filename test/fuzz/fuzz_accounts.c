#include <fcntl.h>
#include <unistd.h>

#include "cmd/batch/input.h"
#include "cmd/batch/known.h"
#include "test/fuzz/fuzz.h"

/*
 * A file of accounts, of any bytes: the first one chooses the format. Reading
 * comes to an end, every flaw says what and where, every account is one.
 */
static char path[] = "/tmp/mailwhy-fuzz-XXXXXX";

static void forget(void)
{
	unlink(path);
}

static void write_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(path);
		atexit(forget);
	}
	HOLDS(fd >= 0 && ftruncate(fd, 0) == 0);
	HOLDS(pwrite(fd, data, size, 0) == (ssize_t)size);
}

static void look_at(const struct account *a)
{
	struct known_key key;

	HOLDS(a->name && *a->name);
	HOLDS(a->address || a->urls > 0);
	HOLDS(!a->inline_secret || a->has_secret);
	HOLDS(a->line >= 1);
	HOLDS(known_key_of(a, &key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned first = size > 0 ? data[0] : 0;
	struct input_plan plan = {
		.expect = EXPECT_NOTHING,
		.path = path, .format = (enum input_format)(first % 4),
		.lang = LANG_EN, .allow_inline = first & 0x80,
	};
	struct input *in;
	struct account *a;
	struct flaw f;
	enum input_answer answer;
	size_t answers = 0;

	write_file(data + (size > 0), size - (size > 0));
	HOLDS(input_open(&plan, &in));
	while ((answer = input_next(in, &a, &f)) != INPUT_END) {
		HOLDS(answer != INPUT_LATER);
		HOLDS(++answers <= size + 2);
		if (answer == INPUT_FLAW) {
			HOLDS(f.text[0] && f.line >= 1);
			continue;
		}
		look_at(a);
		account_free(a);
	}
	input_close(in);
	return 0;
}
