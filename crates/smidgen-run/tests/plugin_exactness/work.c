/* Something to compile: integers of all widths, floats, calls, unpredictable branches. */
#include <stdint.h>

static int8_t image[16 * 16];
static int8_t result[16 * 16];
static float floats[64];

static int32_t scale(int32_t value, int32_t multiplier)
{
    int64_t product = (int64_t)value * multiplier + (1 << 30);
    int32_t scaled = (int32_t)(product >> 31);
    return scaled < -128 ? -128 : scaled > 127 ? 127 : scaled;
}

int work(void);
int work(void)
{
    uint32_t seed = 1;
    for (int i = 0; i < 16 * 16; i++) {
        seed = seed * 1664525u + 1013904223u;
        image[i] = (int8_t)(seed >> 24);
    }
    for (int y = 1; y < 15; y++) {
        for (int x = 1; x < 15; x++) {
            int32_t sum = 0;
            for (int k = 0; k < 9; k++) {
                sum += image[(y + k / 3 - 1) * 16 + x + k % 3 - 1] * (k - 3);
            }
            result[y * 16 + x] = (int8_t)scale(sum, 1518500250);
        }
    }
    int32_t dot = 0;
    for (int i = 0; i < 16 * 16; i++) {
        dot += image[i] * result[i];
    }
    for (int i = 0; i < 64; i++) {
        floats[i] = (float)image[i] * 0.25f + (i & 1 ? floats[i / 2] : 1.0f / (float)(i + 1));
    }
    return dot + (int)floats[63];
}
