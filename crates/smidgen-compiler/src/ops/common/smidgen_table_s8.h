/* Any function of one int8, as a table. */
#ifndef SMIDGEN_TABLE_S8_H
#define SMIDGEN_TABLE_S8_H

#include "smidgen_common.h"

/* table: 256 results, those of 0 to 127 before those of -128 to -1. In place where y == x. */
SMIDGEN_INLINE void smidgen_table_s8(const int8_t *x, const int8_t *table, int8_t *y,
                                     int32_t length) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = table[(uint8_t)x[i]];
    }
}

#endif
