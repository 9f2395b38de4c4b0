/* Figures' texts as exact numbers. For the figures' own files: nothing outside th_domain
 * includes this. */
#ifndef TONGHOP_DOMAIN_CHANGE_PRIVATE_H
#define TONGHOP_DOMAIN_CHANGE_PRIVATE_H

#include <gmp.h>

#include "common/domain/change.h"

/* num / den where both are given, else the value. False when there is none. */
bool th_change_read_side(struct th_change_side side, mpq_t out);

#endif
