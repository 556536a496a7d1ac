#include "cmd/batch/bar.h"

#include "cmd/progress.h"
#include "probes/wire/wait.h"

#define DRAW_MSEC 200

void bar_begin(struct bar *b, const struct options *o, bool shown)
{
	*b = (struct bar){ .o = o, .shown = shown, .began = now_msec() };
}

void bar_count(struct bar *b, bool fails)
{
	b->done++;
	b->failing += fails;
}

/* 0:42, 12:05, 1:30:00: the same in every language. */
static void put_time(struct buf *out, int64_t seconds)
{
	if (seconds >= 3600)
		buf_fmt(out, "%lld:%02lld", (long long)(seconds / 3600),
			(long long)(seconds / 60 % 60));
	else
		buf_fmt(out, "%lld", (long long)(seconds / 60));
	buf_fmt(out, ":%02lld", (long long)(seconds % 60));
}

static void say(const struct bar *b, uint64_t total, msec now)
{
	char done[24], all[24], failing[24], rate[24], left[32];
	struct buf d = buf_over(done, sizeof(done));
	struct buf a = buf_over(all, sizeof(all));
	struct buf f = buf_over(failing, sizeof(failing));
	struct buf r = buf_over(rate, sizeof(rate));
	struct buf l = buf_over(left, sizeof(left));
	const struct text_arg args[] = {
		{ "done", done }, { "total", all }, { "failing", failing },
		{ "rate", rate }, { "left", left }, { NULL, NULL }
	};
	double seconds = (double)(now - b->began) / 1000;
	double per_second = seconds > 0 ? (double)b->done / seconds : 0;
	bool far = total > b->done && b->done > 0;

	buf_fmt(&d, "%llu", (unsigned long long)b->done);
	buf_fmt(&a, "%llu", (unsigned long long)total);
	buf_fmt(&f, "%llu", (unsigned long long)b->failing);
	buf_fmt(&r, per_second < 10 ? "%.1f" : "%.0f", per_second);
	put_time(&l, far ? (int64_t)((double)(total - b->done) / per_second) :
		 0);
	progress_say(b->o, far ? "batch.bar.left" : total > 0 && b->done > 0 ?
		     "batch.bar.total" : "batch.bar", args);
}

msec bar_draw(struct bar *b, uint64_t total, msec now)
{
	if (!b->shown)
		return MSEC_NEVER;
	if (now - b->drawn < DRAW_MSEC && b->drawn > 0)
		return b->drawn + DRAW_MSEC;
	b->drawn = now;
	say(b, total, now);
	return now + 1000;
}

void bar_wipe(struct bar *b)
{
	if (b->shown && b->drawn > 0)
		progress_wipe(b->o);
	b->drawn = 0;
}
