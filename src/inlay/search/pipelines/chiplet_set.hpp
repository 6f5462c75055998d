#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace inlay::search::pipelines {

/// A set of a package's chiplets, one bit each.
class ChipletSet {
 public:
  /// Chiplets of the largest package that strategies search: a mesh of 16x16.
  static constexpr std::size_t kMostChiplets = 256;

  bool contains(int chiplet) const { return (words_[word(chiplet)] & bit(chiplet)) != 0; }
  void add(int chiplet) { words_[word(chiplet)] |= bit(chiplet); }
  bool intersects(const ChipletSet& other) const {
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      common |= words_[i] & other.words_[i];
    }
    return common != 0;
  }
  /// Whether all of them are in the other.
  bool within(const ChipletSet& other) const {
    std::uint64_t outside = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      outside |= words_[i] & ~other.words_[i];
    }
    return outside == 0;
  }
  ChipletSet operator|(const ChipletSet& other) const {
    ChipletSet both = *this;
    for (std::size_t i = 0; i < kWords; ++i) {
      both.words_[i] |= other.words_[i];
    }
    return both;
  }
  /// Any order that puts a set after all of its parts.
  auto operator<=>(const ChipletSet&) const = default;

 private:
  static constexpr std::size_t kWords = kMostChiplets / 64;
  static std::size_t word(int chiplet) { return static_cast<std::size_t>(chiplet) / 64; }
  static std::uint64_t bit(int chiplet) { return std::uint64_t{1} << (static_cast<unsigned>(chiplet) % 64); }

  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace inlay::search::pipelines
