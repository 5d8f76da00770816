/* The part of a tensor that an update leaves as it is. */
#ifndef SMIDGEN_UPDATE_SLICE_H
#define SMIDGEN_UPDATE_SLICE_H

#include "smidgen_common.h"

/* Copies all bytes, unless the update is in place. */
SMIDGEN_INLINE void smidgen_keep(const void *from, void *to, int32_t bytes) {
    if (from != to) {
        smidgen_copy_bytes(from, to, bytes);
    }
}

#endif
