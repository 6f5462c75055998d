#pragma once

#include <cstddef>
#include <functional>

namespace inlay::search {

/// Calls `work` for 0 .. count - 1 on at most `threads` threads, in any order; what it throws is thrown here.
void for_each_index(int threads, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace inlay::search
