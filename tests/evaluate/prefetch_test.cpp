// Loads of weights that hide behind computing: closed forms, and a walk byte by byte.
#include "inlay/evaluate/prefetch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "inlay/base/random.hpp"

namespace inlay::evaluate {
namespace {

/// The same with the weights cut into `pieces` per byte, each loaded as soon as the one before it is and
/// there is room, and each layer cut into as many slices, of which each waits for its piece.
double walk(const std::vector<LayerWork>& layers, double seconds_per_byte, std::int64_t room, int pieces,
            int rounds) {
  const double load = seconds_per_byte / pieces;
  std::vector<double> used;  // [piece] when it has been used
  double loaded = 0.0;
  double computed = 0.0;
  double round_begin = 0.0;
  for (int round = 0; round < rounds; ++round) {
    round_begin = computed;
    for (const LayerWork& layer : layers) {
      const std::int64_t slices = layer.weights * pieces;
      computed += slices == 0 ? layer.seconds : 0.0;
      for (std::int64_t slice = 0; slice < slices; ++slice) {
        // Beside the room there are two buffers of one piece: one in use, one that is loaded.
        const auto over = static_cast<std::int64_t>(used.size()) - room * pieces - 2;
        const double free = over < 0 ? 0.0 : used[static_cast<std::size_t>(over)];
        loaded = std::max(loaded, free) + load;
        computed = std::max(computed, loaded) + layer.seconds / static_cast<double>(slices);
        used.push_back(computed);
      }
    }
  }
  return computed - round_begin;
}

TEST(Prefetch, EqualsAWalkByteByByte) {
  constexpr int kPieces = 200;
  base::Random random(5);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<LayerWork> layers(static_cast<std::size_t>(random.between(1, 6)));
    std::int64_t weights = 0;
    for (LayerWork& layer : layers) {
      layer = {static_cast<double>(random.between(0, 20)),
               random.between(0, 3) == 0 ? 0 : random.between(1, 12)};
      weights += layer.weights;
    }
    const double rate = 0.25 * static_cast<double>(random.between(1, 8));
    const std::int64_t room = random.between(0, 20);
    const Passes hidden = passes(layers, rate, room);
    // Every layer and the buffer may be off by a piece and a slice.
    const double slack = 10.0 * (rate + 20.0) / kPieces;
    EXPECT_NEAR(hidden.first, walk(layers, rate, room, kPieces, 1), slack) << trial;
    EXPECT_NEAR(hidden.second, walk(layers, rate, room, kPieces, 2), slack) << trial;
  }
}

TEST(Prefetch, LiesBetweenEachLayerForItselfAndPerfectOverlap) {
  base::Random random(6);
  for (int trial = 0; trial < 2'000; ++trial) {
    std::vector<LayerWork> layers(static_cast<std::size_t>(random.between(1, 9)));
    double work = 0.0;
    double loads = 0.0;
    double each = 0.0;
    const double rate = 0.1 * static_cast<double>(random.between(0, 30));
    for (LayerWork& layer : layers) {
      layer = {static_cast<double>(random.between(0, 30)), random.between(0, 30)};
      work += layer.seconds;
      loads += static_cast<double>(layer.weights) * rate;
      each += std::max(layer.seconds, static_cast<double>(layer.weights) * rate);
    }
    const std::int64_t room = random.between(0, 60);
    const Passes hidden = passes(layers, rate, room);
    const Passes roomier = passes(layers, rate, room + random.between(0, 40));
    constexpr double kRounding = 1e-9;
    EXPECT_LE(std::max(work, loads), hidden.first + kRounding);
    EXPECT_LE(hidden.first, each + kRounding);
    EXPECT_LE(work, hidden.second + kRounding);
    EXPECT_LE(hidden.second, hidden.first + kRounding);
    EXPECT_LE(roomier.first, hidden.first + kRounding);
    EXPECT_LE(roomier.second, hidden.second + kRounding);
    EXPECT_NEAR(passes(layers, rate, 0).first, each, kRounding);
  }
}

TEST(Prefetch, ClosedForms) {
  // Ten like layers, 3 s of computing and 4 s of loads each: the memory decides, whatever the room.
  const std::vector<LayerWork> alike(10, {3.0, 4});
  EXPECT_DOUBLE_EQ(passes(alike, 1.0, 0).first, 40.0);
  EXPECT_DOUBLE_EQ(passes(alike, 1.0, kRoomForAll).first, 40.0);
  // A layer without weights hides the loads of the next one as far as there is room.
  const std::vector<LayerWork> two = {{5.0, 0}, {1.0, 8}};
  EXPECT_DOUBLE_EQ(passes(two, 1.0, 0).first, 5.0 + 8.0);
  EXPECT_DOUBLE_EQ(passes(two, 1.0, 3).first, 5.0 + 5.0);
  EXPECT_DOUBLE_EQ(passes(two, 1.0, kRoomForAll).first, 8.0);
  // What the last layer leaves time to load is there when the second mini-batch begins.
  const std::vector<LayerWork> back = {{1.0, 6}, {7.0, 0}};
  EXPECT_DOUBLE_EQ(passes(back, 1.0, 4).first, 13.0);
  EXPECT_DOUBLE_EQ(passes(back, 1.0, 4).second, 9.0);
  EXPECT_DOUBLE_EQ(passes({}, 1.0, 0).first, 0.0);
}

}  // namespace
}  // namespace inlay::evaluate
