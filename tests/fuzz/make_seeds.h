/* The seeds of the fuzz targets, each a file whose name says what it holds. */
#ifndef TONGHOP_TESTS_FUZZ_MAKE_SEEDS_H
#define TONGHOP_TESTS_FUZZ_MAKE_SEEDS_H

#include "common/base/buffer.h"
#include "common/wire/message.h"

/* Writes one seed into `folder`; ends the program when it cannot. */
void seed_bytes(const char *folder, const char *name, struct th_slice bytes);
void seed_client(const char *folder, const char *name, const Tonghop__V1__ClientMessage *message);
void seed_server(const char *folder, const char *name, const Tonghop__V1__ServerMessage *message);

void make_client_seeds(const char *folder);
void make_server_seeds(const char *folder);
void make_prior_seeds(const char *folder);   /* of clients, with signed runs */
void make_act_seeds(const char *folder);     /* of clients */
void make_epoch_seeds(const char *folder);   /* of servers */
void make_welcome_seeds(const char *folder); /* of servers, with announcements */
void make_announcement_seeds(const char *folder);

#endif
