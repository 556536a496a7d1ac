/*
 * Drives a fuzz target without libFuzzer: every file of the corpus as it is,
 * every beginning of it, and a few hundred damaged copies. The damage follows
 * a fixed sequence, so a failure comes back in the next run.
 *
 *	fuzz_x FOLDER|FILE...
 */
#include <dirent.h>
#include <stdbool.h>
#include <string.h>

#include "test/fuzz/fuzz.h"

#define INPUT_CAP	(64u << 10)
#define PREFIXES_MAX	512
#define DAMAGED		256

static uint64_t next_number(uint64_t *state)
{
	/* xorshift64: any fixed sequence will do */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* In memory of exactly its size, so that a sanitizer sees one byte too far. */
static void run_exact(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	HOLDS(copy != NULL);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void damage(uint8_t *data, size_t *size, uint64_t *state)
{
	static const uint8_t telling[] = {
		0, '\n', '\r', ' ', '"', '\\', '%', '{', '}', '(', '=', ':',
		0x7f, 0x80, 0xc3, 0xe2, 0xff
	};
	size_t at = next_number(state) % *size;

	switch (next_number(state) % 4) {
	case 0:
		data[at] = (uint8_t)next_number(state);
		break;
	case 1:
		data[at] = telling[next_number(state) % sizeof(telling)];
		break;
	case 2:			/* a byte is lost */
		memmove(data + at, data + at + 1, *size - at - 1);
		--*size;
		break;
	default:		/* a byte comes twice */
		if (*size == INPUT_CAP)
			break;
		memmove(data + at + 1, data + at, *size - at);
		++*size;
	}
}

static void run_damaged(const uint8_t *data, size_t size)
{
	static uint8_t work[INPUT_CAP];
	uint64_t state = 0x9e3779b97f4a7c15u + size;

	for (int round = 0; round < DAMAGED && size > 0; round++) {
		size_t left = size;

		memcpy(work, data, size);
		for (int n = 0; n <= round % 6 && left > 0; n++)
			damage(work, &left, &state);
		run_exact(work, left);
	}
}

static bool run_file(const char *path)
{
	static uint8_t input[INPUT_CAP];
	FILE *file = fopen(path, "rb");
	size_t size, prefixes;

	if (!file) {
		fprintf(stderr, "cannot read %s\n", path);
		return false;
	}
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	run_exact(input, size);
	prefixes = size < PREFIXES_MAX ? size : PREFIXES_MAX;
	for (size_t len = 0; len < prefixes; len++)
		run_exact(input, len);
	run_damaged(input, size);
	return true;
}

static size_t run_folder(DIR *folder, const char *name)
{
	struct dirent *entry;
	size_t files = 0;

	while ((entry = readdir(folder)) != NULL) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
		files += run_file(path);
	}
	return files;
}

int main(int argc, char **argv)
{
	size_t files = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);

		if (!folder) {
			files += run_file(argv[i]);
			continue;
		}
		files += run_folder(folder, argv[i]);
		closedir(folder);
	}
	printf("%zu inputs\n", files);
	if (files == 0)
		fprintf(stderr, "no corpus: nothing was tested\n");
	return files == 0;
}
