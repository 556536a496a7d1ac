/*
 * delaylink NS_A NS_B ONE_WAY_MS
 *
 * A link with a fixed delay between two network namespaces, for kernels
 * without sch_netem: a TUN device called "dl0" in each, and every packet held
 * ONE_WAY_MS on its way across. Prints "ready" when both devices are there;
 * giving them addresses is the caller's part. Needs root and /dev/net/tun.
 * Runs until it is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <linux/if.h>
#include <linux/if_tun.h>

#define QUEUE_CAP	4096		/* packets; more are dropped, as a router does */
#define PACKET_CAP	1600

struct packet {
	int64_t due;			/* ns, CLOCK_MONOTONIC */
	size_t len;
	unsigned char bytes[PACKET_CAP];
};

/* One direction: read from `from`, write to `to` when due. */
struct lane {
	int from, to;
	size_t head, tail;
	struct packet *queue;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* A socket stays in the namespace it was opened in; so does a TUN device. */
static int open_tun(const char *namespace)
{
	char path[256];
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die(path);
	close(fd);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die("/dev/net/tun");
	memcpy(request.ifr_name, "dl0", 4);
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		die("TUNSETIFF");
	return fd;
}

static void take_in(struct lane *lane, int64_t delay)
{
	while (lane->tail - lane->head < QUEUE_CAP) {
		struct packet *p = &lane->queue[lane->tail % QUEUE_CAP];
		ssize_t len = read(lane->from, p->bytes, sizeof(p->bytes));

		if (len <= 0)
			return;
		p->len = (size_t)len;
		p->due = now_ns() + delay;
		lane->tail++;
	}
}

/* Deliver what is due; the time of the next packet, or -1. */
static int64_t deliver(struct lane *lane, int64_t now)
{
	while (lane->head != lane->tail) {
		struct packet *p = &lane->queue[lane->head % QUEUE_CAP];

		if (p->due > now)
			return p->due;
		if (write(lane->to, p->bytes, p->len) < 0 && errno == EBADF)
			die("write");
		lane->head++;
	}
	return -1;
}

static void wait_for_packets(const struct lane lane[2], const int64_t due[2],
			     int64_t now)
{
	struct pollfd fds[2] = { { .fd = lane[0].from, .events = POLLIN },
				 { .fd = lane[1].from, .events = POLLIN } };
	int64_t next = due[0] < 0 || (due[1] >= 0 && due[1] < due[0])
		? due[1] : due[0];
	int64_t left = next > now ? next - now : 0;
	struct timespec wait = { (time_t)(left / 1000000000),
				 (long)(left % 1000000000) };

	ppoll(fds, 2, next < 0 ? NULL : &wait, NULL);
}

int main(int argc, char **argv)
{
	struct lane lane[2] = { { 0 } };
	double one_way_ms;
	int a, b;

	if (argc != 4) {
		fprintf(stderr, "usage: delaylink NS_A NS_B ONE_WAY_MS\n");
		return 2;
	}
	one_way_ms = strtod(argv[3], NULL);
	a = open_tun(argv[1]);
	b = open_tun(argv[2]);
	lane[0].from = lane[1].to = a;
	lane[1].from = lane[0].to = b;
	for (int i = 0; i < 2; i++) {
		lane[i].queue = calloc(QUEUE_CAP, sizeof(struct packet));
		if (!lane[i].queue)
			die("queue");
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		int64_t now = now_ns(), due[2];

		for (int i = 0; i < 2; i++)
			due[i] = deliver(&lane[i], now);
		wait_for_packets(lane, due, now);
		for (int i = 0; i < 2; i++)
			take_in(&lane[i], (int64_t)(one_way_ms * 1e6));
	}
}
