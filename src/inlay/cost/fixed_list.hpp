#pragma once

#include <array>
#include <cstddef>

#include "inlay/base/error.hpp"

namespace inlay::cost {

/// A list of at most N values without heap allocation; trivially default-constructible elements stay
/// uninitialised.
template <typename T, std::size_t N>
class FixedList {
 public:
  void push_back(const T& value) {
    check_room();
    values_[count_++] = value;
  }
  void push_front(const T& value) {
    check_room();
    for (std::size_t i = count_; i > 0; --i) {
      values_[i] = values_[i - 1];
    }
    values_[0] = value;
    ++count_;
  }
  void clear() { count_ = 0; }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == N; }
  T& operator[](std::size_t i) { return values_[i]; }
  const T& operator[](std::size_t i) const { return values_[i]; }
  T* begin() { return values_.data(); }
  T* end() { return values_.data() + count_; }
  const T* begin() const { return values_.data(); }
  const T* end() const { return values_.data() + count_; }

 private:
  void check_room() const {
    if (count_ == N) {
      throw base::DefectError("a list of fixed capacity is full");
    }
  }
  std::array<T, N> values_;
  std::size_t count_ = 0;
};

}  // namespace inlay::cost
