#include "cmd/batch/line_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

static FILE *open_source(const char *path)
{
	int fd;

	if (strcmp(path, "-") != 0)
		return fopen(path, "rbe");
	fd = dup(STDIN_FILENO);
	return fd < 0 ? NULL : fdopen(fd, "rb");
}

static bool is_file(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode);
}

/* fopen() opens folders, too, and only reading says so. */
static bool copy(FILE *from, FILE *to)
{
	char room[CHUNK];
	size_t n;

	while ((n = fread(room, 1, sizeof(room), from)) > 0)
		if (fwrite(room, 1, n, to) != n)
			return false;
	return !ferror(from) && fflush(to) == 0;
}

static FILE *put_aside(FILE *source)
{
	FILE *aside = tmpfile();

	if (aside && copy(source, aside) && fseeko(aside, 0, SEEK_SET) == 0) {
		fclose(source);
		return aside;
	}
	int error = errno;
	if (aside)
		fclose(aside);
	fclose(source);
	errno = error;
	return NULL;
}

bool line_file_open(struct line_file *f, const char *path)
{
	*f = (struct line_file){ .name = path };
	f->file = open_source(path);
	if (f->file && !is_file(f->file))
		f->file = put_aside(f->file);
	/* a shell's "<" may have left us in the middle of a file */
	return f->file && fseeko(f->file, 0, SEEK_SET) == 0;
}

void line_file_close(struct line_file *f)
{
	if (f->file)
		fclose(f->file);
	free(f->room);
	f->file = NULL;
	f->room = NULL;
}

static bool room_for(struct line_file *f, size_t len)
{
	size_t cap = f->cap ? f->cap * 2 : CHUNK;
	char *grown;

	if (len < f->cap)
		return true;
	while (cap <= len)
		cap *= 2;
	grown = realloc(f->room, cap);
	if (!grown)
		return false;
	f->room = grown;
	f->cap = cap;
	return true;
}

static enum line_read got(struct line_file *f, uint64_t start, size_t len,
			  bool torn, struct span *ret,
			  struct line_place *ret_place)
{
	f->at = start + len + (torn ? 0 : 1);
	*ret_place = (struct line_place){ start, len };
	if (len > LINE_MAX_BYTES)
		return LINE_LONG;
	*ret = (struct span){ f->room, len };
	return torn ? LINE_TORN : LINE_GOT;
}

enum line_read line_file_next(struct line_file *f, struct span *ret,
			      struct line_place *ret_place)
{
	uint64_t start = f->at;
	size_t len = 0;
	int c;

	f->line++;
	while ((c = getc_unlocked(f->file)) != EOF && c != '\n') {
		if (len < LINE_MAX_BYTES) {
			if (!room_for(f, len))
				return LINE_ERROR;
			f->room[len] = (char)c;
		}
		len++;
	}
	if (c == EOF && ferror(f->file))
		return LINE_ERROR;
	if (c == EOF && len == 0)
		return LINE_END;
	return got(f, start, len, c == EOF, ret, ret_place);
}

bool line_file_again(struct line_file *f, const struct line_place *place,
		     struct span *ret)
{
	errno = EIO;
	if (!room_for(f, place->len) ||
	    fseeko(f->file, (off_t)place->at, SEEK_SET) != 0 ||
	    fread(f->room, 1, place->len, f->file) != place->len)
		return false;
	*ret = (struct span){ f->room, place->len };
	return true;
}
