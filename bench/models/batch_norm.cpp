// Batch norm, an addition and ReLU in one pass each way, for maps in bf16 or float whose channels lie together.
//
// Sums are taken in float over blocks of fixed size, and over blocks in double and in order: neither the
// number of threads nor the width of the machine's vectors changes a digit.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>
#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

using bf16 = uint16_t;
using Table = std::vector<float>;  // a value for each lane of a period

// Numbers that are worked on at once: what a register holds, for compilers take longer vectors to pieces.
#if defined __AVX512F__
constexpr int LANES = 16;
#elif defined __AVX2__
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif
constexpr int WHOLE = 16;      // the most of them: periods are the same on every machine, and so are digits
constexpr long BLOCK = 16384;  // about so many numbers make a block
constexpr long NARROW = 64;    // periods up to this length are taken several at a time
constexpr int ROWS = 4;

typedef float Floats __attribute__((vector_size(4 * LANES)));
typedef int32_t Choice __attribute__((vector_size(4 * LANES)));
typedef uint32_t Words __attribute__((vector_size(4 * LANES)));
typedef bf16 Halves __attribute__((vector_size(2 * LANES)));

static inline Floats load(const float* from) {
    Floats value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline Floats load(const bf16* from) {
    Halves half;
    memcpy(&half, from, sizeof half);
    return (Floats)(__builtin_convertvector(half, Words) << 16);
}

static inline float number(float value) { return value; }

static inline float number(bf16 half) {
    uint32_t word = (uint32_t)half << 16;
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static inline void store(float* to, Floats value) { memcpy(to, &value, sizeof value); }

static inline void store(bf16* to, Floats value) {  // to the nearest, ties to even
#ifdef __AVX512BF16__
    __m256bh half = _mm512_cvtneps_pbh((__m512)value);
#else
    Words word = (Words)value;
    word += 0x7fff + ((word >> 16) & 1);
    Halves half = __builtin_convertvector(word >> 16, Halves);
#endif
    memcpy(to, &half, sizeof half);
}

// The value where it is chosen, else nothing. What is not a number is never chosen by a comparison, so both
// sides of a ReLU ask for what is not above zero, and hand it on.
static inline Floats unless(Choice chosen, Floats value) { return (Floats)((Choice)value & ~chosen); }

// How the numbers lie: rows of `period` lanes, which are whole vectors (on any machine) and whole pixels.
struct Shape {
    long period, rows, each, blocks;
    int channels, threads;

    Shape(long values, int channels, int threads) : period(channels), channels(channels), threads(threads) {
        while (period % WHOLE) period += channels;
        while (period < NARROW) period *= 2;
        rows = values / period;
        each = BLOCK / period > ROWS ? BLOCK / period : ROWS;
        blocks = (rows + each - 1) / each;
    }

    template <class Of>
    Table table(Of of) const {
        Table all(period);
        for (long lane = 0; lane < period; lane++) all[lane] = of(lane % channels);
        return all;
    }

    // body(block, at, lane, rows): so many rows from place `at` on, in one vector of lanes. Bodies hold copies
    // of what they need: what is reached through references is read again after every store.
    template <class Body>
    void visit(Body body) const {
#pragma omp parallel for num_threads(threads) if (threads > 1)
        for (long block = 0; block < blocks; block++) one(block, period, block * each, std::min(rows, (block + 1) * each), body);
    }

    template <class Body>
    static __attribute__((noinline)) void one(long block, long period, long row, long end, Body body) {
        if (period <= NARROW)
            for (; row + ROWS <= end; row += ROWS)
                for (long lane = 0; lane < period; lane += LANES)
                    body(block, row * period + lane, lane, std::integral_constant<int, ROWS>());
        for (; row < end; row++)
            for (long lane = 0; lane < period; lane += LANES)
                body(block, row * period + lane, lane, std::integral_constant<int, 1>());
    }

    // two sums a channel of what pair(at, lane, first, second) adds to them
    template <class Pair>
    void sums(std::vector<double>& first, std::vector<double>& second, Pair pair) const {
        Table partials(2 * period * blocks);
        visit([partial = partials.data(), period = period, pair](long block, long at, long lane, auto count) {
            float* into = partial + 2 * period * block + lane;
            Floats a[2] = {load(into)}, b[2] = {load(into + period)};
            for (int i = 0; i < count; i++) pair(at + i * period, lane, a[i % 2], b[i % 2]);
            store(into, a[0] + a[1]);
            store(into + period, b[0] + b[1]);
        });
        first.assign(channels, 0), second.assign(channels, 0);
        for (long block = 0; block < blocks; block++)
            for (long lane = 0; lane < period; lane++) {
                first[lane % channels] += partials[2 * period * block + lane];
                second[lane % channels] += partials[2 * period * block + period + lane];
            }
    }
};

// y = relu(x × scale + shift + added), without what is missing
template <bool ADDS, bool RELU, class T>
static void apply(const Shape& shape, const T* x, const T* added, const float* scale, const float* shift, T* y) {
    shape.visit([=, period = shape.period](long, long at, long lane, auto count) {
        Floats scales = load(scale + lane), shifts = load(shift + lane);
        for (int i = 0; i < count; i++, at += period) {
            Floats value = load(x + at) * scales + shifts;
            if (ADDS) value += load(added + at);
            store(y + at, RELU ? unless(value <= 0.0f, value) : value);
        }
    });
}

template <class T>
static void apply(const Shape& shape, const T* x, const T* added, const float* weight, const float* bias,
                  const float* mean, const float* inverse, int relu, T* y) {
    Table scale = shape.table([&](int c) { return weight[c] * inverse[c]; });
    Table shift = shape.table([&](int c) { return bias[c] - mean[c] * (weight[c] * inverse[c]); });
    auto chosen = added ? (relu ? apply<true, true, T> : apply<true, false, T>)
                        : (relu ? apply<false, true, T> : apply<false, false, T>);
    chosen(shape, x, added, scale.data(), shift.data(), y);
}

// Evaluation: by the running statistics.
template <class T>
static void evaluate(const T* x, const T* added, const float* weight, const float* bias, const float* mean,
                     const float* variance, T* y, long values, int channels, double eps, int relu, int threads) {
    Table inverse(channels);
    for (int c = 0; c < channels; c++) inverse[c] = 1 / std::sqrt(variance[c] + eps);
    apply(Shape(values, channels, threads), x, added, weight, bias, mean, inverse.data(), relu, y);
}

// Training: by the batch's statistics, which are kept, and move the running ones.
template <class T>
static void forward(const T* x, const T* added, const float* weight, const float* bias, float* running_mean,
                    float* running_variance, T* y, float* mean, float* inverse, long values, int channels,
                    double momentum, double eps, int relu, int threads) {
    Shape shape(values, channels, threads);
    std::vector<double> sum, squares;
    // distances from the first pixel: a large mean would leave squares with few digits
    Table origin = shape.table([&](int c) { return number(x[c]); });
    shape.sums(sum, squares, [x, from = origin.data()](long at, long lane, Floats& first, Floats& second) {
        Floats distance = load(x + at) - load(from + lane);
        first += distance;
        second += distance * distance;
    });
    double n = double(values / channels);
    for (int c = 0; c < channels; c++) {
        double distance = sum[c] / n, variance = squares[c] / n - distance * distance;
        if (variance < 0) variance = 0;
        mean[c] = origin[c] + distance;
        inverse[c] = 1 / std::sqrt(variance + eps);
        running_mean[c] += momentum * (origin[c] + distance - running_mean[c]);
        running_variance[c] += momentum * (variance * n / (n - 1) - running_variance[c]);
    }
    apply(shape, x, added, weight, bias, mean, inverse, relu, y);
}

// Gradients of a training step. Where y is given, a ReLU has made it; `kept` is then filled with what it lets
// through of dy, which is the gradient of what was added. It may be dx.
template <class T>
static void backward(const T* dy, const T* x, const T* y, const float* weight, const float* mean,
                     const float* inverse, T* kept, T* dx, float* dweight, float* dbias, long values, int channels,
                     int threads) {
    Shape shape(values, channels, threads);
    std::vector<double> sum, product;
    Table means = shape.table([&](int c) { return mean[c]; });
    auto pair = [dy, x, y, kept, means = means.data()](long at, long lane, Floats& first, Floats& second) {
        Floats gradient = load(dy + at);
        if (y) {
            gradient = unless(load(y + at) <= 0.0f, gradient);
            store(kept + at, gradient);
        }
        first += gradient;
        second += gradient * (load(x + at) - load(means + lane));
    };
    shape.sums(sum, product, pair);
    double n = double(values / channels);
    Table slope(channels), offset(channels);
    for (int c = 0; c < channels; c++) {
        double scale = double(weight[c]) * inverse[c];
        dweight[c] = product[c] * inverse[c];
        dbias[c] = sum[c];
        slope[c] = -scale * inverse[c] * inverse[c] * product[c] / n;
        offset[c] = -scale * sum[c] / n - double(slope[c]) * mean[c];
    }
    Table scale = shape.table([&](int c) { return weight[c] * inverse[c]; });
    Table slopes = shape.table([&](int c) { return slope[c]; });
    Table offsets = shape.table([&](int c) { return offset[c]; });
    shape.visit([dx, x, through = y ? kept : dy, period = shape.period, scale = scale.data(), slopes = slopes.data(),
                 offsets = offsets.data()](long, long at, long lane, auto count) {
        Floats a = load(scale + lane), b = load(slopes + lane), c = load(offsets + lane);
        for (int i = 0; i < count; i++, at += period)
            store(dx + at, a * load(through + at) + (b * load(x + at) + c));
    });
}

extern "C" {

// Lanes in which a map's numbers are worked on: their count must divide that of all numbers.
long period(int channels) { return Shape(0, channels, 1).period; }

auto evaluate_bfloat16 = evaluate<bf16>;
auto evaluate_float32 = evaluate<float>;
auto forward_bfloat16 = forward<bf16>;
auto forward_float32 = forward<float>;
auto backward_bfloat16 = backward<bf16>;
auto backward_float32 = backward<float>;
}
