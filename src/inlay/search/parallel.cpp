#include "inlay/search/parallel.hpp"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace inlay::search {

void for_each_index(int threads, std::size_t count, const std::function<void(std::size_t)>& work) {
  if (threads == 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) {
      work(i);
    }
    return;
  }
  // TBB complains on standard error when it is asked for more threads than there are cores.
  const int cores = tbb::info::default_concurrency();
  tbb::task_arena arena(threads > 0 ? std::min(threads, cores) : cores);
  // One index at a time: the pieces of work differ by orders of magnitude.
  arena.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, count, 1),
        [&](const tbb::blocked_range<std::size_t>& range) {
          for (std::size_t i = range.begin(); i < range.end(); ++i) {
            work(i);
          }
        },
        tbb::simple_partitioner{});
  });
}

}  // namespace inlay::search
