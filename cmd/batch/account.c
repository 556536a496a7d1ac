#include "cmd/batch/account.h"

#include <stdlib.h>

static void free_labels(struct account *a)
{
	for (size_t i = 0; i < a->labels; i++) {
		free(a->label[i].name);
		free(a->label[i].value);
	}
}

void account_free(struct account *a)
{
	if (!a)
		return;
	free(a->name);
	free(a->address);
	free(a->user);
	free(a->secret_argument);
	if (a->inline_secret)
		secret_release(a->inline_secret);
	free(a->inline_secret);
	free(a->sender);
	free(a->mechanism);
	for (size_t i = 0; i < a->urls; i++)
		free(a->url[i]);
	free_labels(a);
	free(a);
}
