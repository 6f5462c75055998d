#pragma once

// For one file of a program: counts what `new` is asked for. Not inlined, or GCC takes malloc and free for a
// mismatched pair.
#include <cstdlib>
#include <new>

namespace inlay::testing {
inline thread_local long allocations = 0;  // so far, on this thread
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++inlay::testing::allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
