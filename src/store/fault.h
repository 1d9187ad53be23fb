/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store over a store that goes wrong as told: for tests.
 *
 * What goes wrong is a list of rules, separated by spaces:
 *
 *     OP[~TEXT]@WHEN=WHAT
 *
 *     OP    get stat list put del settle flush rename prune, or any
 *     TEXT  only calls whose key has it
 *     WHEN  3 (the third matching call), 3+ (that and all after), * (every one)
 *     WHAT  EIO, ENOSPC, ... or a number   fails with this errno, before anything is done
 *           missing                        get, stat, list, del, rename: says so
 *           short=N                        get, stat: as if the value had lost its last N bytes;
 *                                          put: stores a value without them, and says all is well
 *           lie=N                          get, stat: says that the value has N bytes more than it has
 *           flip=N                         get, put: bit N (modulo the length) of the bytes is wrong
 *           hang                           waits until the operation is cancelled or the rules change
 *           kill                           ends the process as SIGKILL does, before anything is done
 *           die                            the same when the call is done (those that write)
 *
 * "get~temp/@2=EIO put@*=ENOSPC", or one a line. Of several rules that match a call the first counts; all
 * count the call.
 */
#ifndef ZF_STORE_FAULT_H
#define ZF_STORE_FAULT_H

#include "store/store.h"

/* Puts faults over a store (takes). Messages name the store below. New: zf_store_close(). EINVAL for rules
 * that make no sense. */
int zf_fault_open(struct zf_op *op, struct zf_store *below, const char *rules, struct zf_store **out);

/* Takes the rules from a file, whenever that is another one than at the call before. Where a file PLAN.log
 * exists, a line is added to it for each call: "put temp/0.0", and " !" after it if it is made to go wrong.
 */
int zf_fault_follow(struct zf_store *store, struct zf_op *op, const char *plan);

/* Other rules from now on, counting from one again. EINVAL: the old ones stay. */
int zf_fault_set(struct zf_store *store, struct zf_op *op, const char *rules);

/* How many calls hang now; how many were made to go wrong so far. */
unsigned zf_fault_hanging(const struct zf_store *store);
unsigned zf_fault_hits(const struct zf_store *store);

#endif
