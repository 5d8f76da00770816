/* Functions of one int16, as a table between whose entries lines are drawn. */
#ifndef SMIDGEN_TABLE_S16_H
#define SMIDGEN_TABLE_S16_H

#include "smidgen_common.h"

/* table: 513 results, for numbers 128 apart. */
SMIDGEN_INLINE int16_t smidgen_look_up_s16(int32_t x, const int16_t *table) {
    const int16_t *entry = table + 256 + (x >> 7);
    const int32_t slope = (int16_t)(entry[1] - entry[0]);
    return (int16_t)(entry[0] + ((slope * (x & 127) + 64) >> 7));
}

/* In place where y == x. */
SMIDGEN_INLINE void smidgen_table_s16(const int16_t *x, int16_t *y, int32_t length,
                                      const int16_t *table) {
    for (int32_t i = 0; i < length; i++) {
        y[i] = smidgen_look_up_s16(x[i], table);
    }
}

#endif
