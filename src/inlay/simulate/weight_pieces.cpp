#include "inlay/simulate/weight_pieces.hpp"

#include <algorithm>
#include <set>

namespace inlay::simulate {
namespace {

/// The first layer after whose beginning all bytes up to `end` may have been read; -1 if there is none.
int first_gate(const std::vector<std::int64_t>& ends, std::int64_t room, std::int64_t end) {
  const auto found = std::lower_bound(ends.begin(), ends.end(), end - room);
  return found == ends.end() ? -1 : static_cast<int>(found - ends.begin());
}

}  // namespace

std::vector<WeightPiece> weight_pieces(const std::vector<std::int64_t>& weights, std::int64_t room) {
  std::vector<std::int64_t> ends;  // of the layers in the stream of one mini-batch
  std::int64_t total = 0;
  for (const std::int64_t bytes : weights) {
    total += bytes;
    ends.push_back(total);
  }
  room = std::clamp<std::int64_t>(room, 0, total);
  // The stream may go on as far as here when some layer begins.
  std::set<std::int64_t> cuts;
  for (const std::int64_t end : ends) {
    cuts.insert(end);
    cuts.insert((end + room) > total ? end + room - total : end + room);
  }
  std::vector<WeightPiece> pieces;
  std::int64_t begin = 0;
  for (const std::int64_t end : cuts) {
    if (end == 0) {
      continue;
    }
    WeightPiece piece;
    piece.layer = first_gate(ends, 0, end);
    piece.fraction = static_cast<double>(end - begin) /
                     static_cast<double>(weights[static_cast<std::size_t>(piece.layer)]);
    const int before = first_gate(ends, room - total, end);
    piece.mini_batch_before = before >= 0;
    piece.gate = before >= 0 ? before : first_gate(ends, room, end);
    pieces.push_back(piece);
    begin = end;
  }
  return pieces;
}

}  // namespace inlay::simulate
