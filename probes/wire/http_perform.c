#include "probes/wire/http_private.h"

#include "probes/wire/wait.h"

/*
 * libcurl says which sockets it watches and when it wants to be called; the
 * waiting is done where all waiting is done, so that deadlines and Ctrl-C
 * hold here, too.
 */
#define SOCKETS_MAX 24		/* two for each address it races */

struct watch {
	struct pollfd fds[SOCKETS_MAX];
	size_t n;
	msec timer;			/* when libcurl's own time is up */
	bool full;
};

static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *arg,
			  void *unused)
{
	struct watch *w = arg;
	short events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
			       (what & CURL_POLL_OUT ? POLLOUT : 0));
	size_t i = 0;

	(void)easy;
	(void)unused;
	while (i < w->n && w->fds[i].fd != fd)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < w->n)
			w->fds[i] = w->fds[--w->n];
		return 0;
	}
	if (i == SOCKETS_MAX) {
		w->full = true;
		return 0;
	}
	if (i == w->n)
		w->n++;
	w->fds[i] = (struct pollfd){ .fd = fd, .events = events };
	return 0;
}

static int timer_changed(CURLM *multi, long after, void *arg)
{
	struct watch *w = arg;

	(void)multi;
	w->timer = after < 0 ? MSEC_NEVER : now_msec() + after;
	return 0;
}

static int action_of(short events)
{
	return (events & POLLIN ? CURL_CSELECT_IN : 0) |
	       (events & POLLOUT ? CURL_CSELECT_OUT : 0) |
	       (events & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

static int serve(const struct curl_api *api, CURLM *multi,
		 const struct watch *w)
{
	struct watch ready = *w;	/* the callbacks change the set */
	int running = 1;

	for (size_t i = 0; i < ready.n; i++)
		if (ready.fds[i].revents)
			api->curl_multi_socket_action_(multi, ready.fds[i].fd,
				action_of(ready.fds[i].revents), &running);
	return running;
}

static bool run(const struct curl_api *api, CURLM *multi, struct watch *w,
		msec by, struct fault *why)
{
	struct fault end;		/* of a wait: libcurl's timer is none */
	int running = 1;

	api->curl_multi_socket_action_(multi, CURL_SOCKET_TIMEOUT, 0,
				       &running);
	while (running > 0) {
		if (now_msec() >= by)
			return fail(why, FAULT_TIMEOUT,
				    "no answer in the time allowed");
		if (w->full)
			return fail(why, FAULT_INTERNAL, "too many sockets");
		if (wait_fds(w->fds, w->n, msec_min(by, w->timer), &end)) {
			running = serve(api, multi, w);
			continue;
		}
		if (end.kind != FAULT_TIMEOUT) {
			*why = end;
			return false;
		}
		if (now_msec() >= w->timer)
			api->curl_multi_socket_action_(multi,
				CURL_SOCKET_TIMEOUT, 0, &running);
	}
	return true;
}

static CURLcode result_of(const struct curl_api *api, CURLM *multi)
{
	CURLMsg *message;
	int left;

	while ((message = api->curl_multi_info_read_(multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE)
			return message->data.result;
	return CURLE_FAILED_INIT;
}

bool http_perform(const struct curl_api *api, CURL *easy, msec by,
		  CURLcode *ret, struct fault *why)
{
	struct watch w = { .timer = MSEC_NEVER };
	CURLM *multi = api->curl_multi_init_();
	bool ok;

	if (!multi)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	api->curl_multi_setopt_(multi, CURLMOPT_SOCKETFUNCTION,
				socket_changed);
	api->curl_multi_setopt_(multi, CURLMOPT_SOCKETDATA, &w);
	api->curl_multi_setopt_(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
	api->curl_multi_setopt_(multi, CURLMOPT_TIMERDATA, &w);
	if (api->curl_multi_add_handle_(multi, easy) == CURLM_OK) {
		ok = run(api, multi, &w, by, why);
		*ret = result_of(api, multi);
		api->curl_multi_remove_handle_(multi, easy);
	} else {
		ok = fail(why, FAULT_INTERNAL, "libcurl takes no transfer");
	}
	api->curl_multi_cleanup_(multi);
	return ok;
}
