#include "commission/cli/streamed.h"

/* A catalogue may come into force between two attempts; not again and again. */
#define ATTEMPTS 4

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct th_streamed *streamed = context;
    if (part->head && part->head->catalogue_version != streamed->catalogue->version) {
        streamed->version = part->head->catalogue_version;
        return th_error_set(error, TH_PERMANENT,
                            "the province's catalogue has just changed; ask again");
    }
    return streamed->each(streamed->context, part, error);
}

static enum th_status fetch(struct th_streamed *streamed, struct th_error *error)
{
    th_catalogue_release(&streamed->fetched);
    streamed->catalogue = streamed->session->catalogue;
    enum th_status status = th_client_catalogue_of(streamed->session->client, streamed->version,
                                                   &streamed->fetched, error);
    if (status == TH_OK)
        streamed->catalogue = streamed->fetched;
    return status;
}

enum th_status th_streamed_ask(struct th_streamed *streamed, Tonghop__V1__Query *query,
                               th_client_part_fn each, void *context, struct th_error *error)
{
    enum th_status status = TH_OK;
    streamed->each = each;
    streamed->context = context;
    if (!streamed->catalogue)
        streamed->catalogue = streamed->session->catalogue;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        streamed->version = 0;
        status = th_client_query(streamed->session->client, query, take_part, streamed, error);
        if (streamed->version == 0)
            break;
        struct th_error why = {0};
        enum th_status fetched = fetch(streamed, &why);
        if (fetched != TH_OK)
            return th_error_set(error, fetched, "%s", why.message);
    }
    return status;
}

void th_streamed_free(struct th_streamed *streamed)
{
    th_catalogue_release(&streamed->fetched);
    streamed->catalogue = NULL;
}
