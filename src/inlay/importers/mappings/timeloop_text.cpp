// Timeloop's mapping in one line: levels from the outermost to the innermost, loops of a level likewise.
#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/importers/mappings/formats.hpp"
#include "inlay/importers/mappings/timeloop_names.hpp"

namespace inlay::importers::mappings {
namespace {

using cost::mapped::FixedMapping;
using cost::mapped::MappedLoop;
using cost::mapped::Storage;

/// Text with the place where it stands.
class Place {
 public:
  Place(const std::string& text, const std::string& file) : text_(text), file_(file) {}

  [[noreturn]] void fail(std::size_t at, const std::string& message) const {
    base::SourcePosition position{file_, 1, 1};
    for (std::size_t i = 0; i < at && i < text_.size(); ++i) {
      position.column = text_[i] == '\n' ? 1 : position.column + 1;
      position.line += text_[i] == '\n' ? 1 : 0;
    }
    throw base::InputError(position, "", message);
  }

 private:
  const std::string& text_;
  const std::string& file_;
};

struct Word {
  std::string text;
  std::size_t at = 0;
};

std::vector<Word> words_of(const std::string& text) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string::npos) {
    const std::size_t end = std::min(text.size(), text.find_first_of(" \t\r\n", at));
    words.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return words;
}

/// "K16X": a factor, and X or Y for an axis of the array.
MappedLoop loop_of(const Word& word, bool product, const Place& place) {
  MappedLoop loop;
  const std::size_t digits = word.text.find_first_of("0123456789");
  const std::string name = word.text.substr(0, digits);
  const char* end = word.text.data() + word.text.size();
  const char* begin = digits == std::string::npos ? end : word.text.data() + digits;
  const auto [rest, error] = std::from_chars(begin, end, loop.factor);
  const std::string axis(rest, end);
  if (error != std::errc{} || loop.factor < 1 || (!axis.empty() && axis != "X" && axis != "Y")) {
    place.fail(word.at,
               fmt::format("'{}' is not a loop; K4 is a loop in time, K16X and K16Y are spatial", word.text));
  }
  loop.spatial = !axis.empty();
  try {
    loop.dimension = foreign_dimension(name, product, timeloop_dimensions());
  } catch (const base::InputError& error_) {
    place.fail(word.at, error_.what());
  }
  return loop;
}

/// Levels by their number in the line: the outermost is the memory, the innermost L1.
std::vector<Storage> storages_of(std::size_t levels, const MappingRequest& request) {
  const bool accumulator =
      request.type != nullptr && request.type->array && request.type->array->accumulator_bytes > 0;
  switch (levels) {
    case 3:
      return {Storage::kMemory, Storage::kL2, Storage::kL1};
    case 4:
      return {Storage::kMemory, Storage::kL2, accumulator ? Storage::kAccumulator : Storage::kL2,
              Storage::kL1};
    default:
      return {};
  }
}

}  // namespace

FixedMapping read_timeloop_text(const std::string& text, const MappingRequest& request) {
  const Place place(text, request.file);
  FixedMapping mapping = empty_mapping(request);
  const bool product = std::holds_alternative<workload::GemmShape>(mapping.shape);
  std::vector<std::vector<MappedLoop>> levels;
  bool heading = true;
  for (const Word& word : words_of(text)) {
    if (word.text == "-") {
      heading = true;
      continue;
    }
    if (heading) {
      if (word.text.size() < 2 || word.text[0] != 'L') {
        place.fail(word.at,
                   fmt::format("'{}' does not begin a level; a level is written 'L2[WI] K2 P7'", word.text));
      }
      levels.emplace_back();
      heading = false;
      continue;
    }
    const MappedLoop loop = loop_of(word, product, place);
    if (loop.factor > 1) {
      levels.back().push_back(loop);
    }
  }
  const std::vector<Storage> storages = storages_of(levels.size(), request);
  if (storages.empty()) {
    place.fail(
        0, fmt::format("the mapping has {} levels; 3 (memory, l2, l1) or 4 (with the accumulator) are known",
                       levels.size()));
  }
  for (std::size_t i = 0; i < levels.size(); ++i) {
    std::vector<MappedLoop>& loops = loops_at(mapping, storages[i]);
    loops.insert(loops.end(), levels[i].begin(), levels[i].end());
  }
  if (!request.layer) {
    infer_convolution(mapping);
  }
  mapping.notes.emplace_back(
      "the tensors in brackets are not used: the chiplet type says which tensors a level holds");
  return mapping;
}

}  // namespace inlay::importers::mappings
