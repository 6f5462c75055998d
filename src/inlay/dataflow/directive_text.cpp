#include "inlay/dataflow/directive_text.hpp"

#include <algorithm>
#include <string_view>

namespace inlay::dataflow {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// A piece of a text that knows where it stood.
struct Piece {
  std::string text;
  std::size_t offset = 0;
};

Piece trimmed(const std::string& text, std::size_t begin, std::size_t end) {
  while (begin < end && kBlanks.find(text[begin]) != std::string_view::npos) {
    ++begin;
  }
  while (end > begin && kBlanks.find(text[end - 1]) != std::string_view::npos) {
    --end;
  }
  return {text.substr(begin, end - begin), begin};
}

struct Call {
  Piece name;
  std::vector<Piece> arguments;
  Piece rest;  // what follows the closing parenthesis
};

Call split_call(const std::string& text) {
  const std::size_t open = text.find('(');
  if (open == std::string::npos) {
    throw ExpressionError("expected TemporalMap(size, offset) dimension, SpatialMap(...) or Cluster(size)",
                          0);
  }
  Call call{trimmed(text, 0, open), {}, {}};
  int depth = 0;
  std::size_t begin = open + 1;
  for (std::size_t i = open; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0 || (depth == 1 && text[i] == ',')) {
      call.arguments.push_back(trimmed(text, begin, i));
      begin = i + 1;
    }
    if (depth == 0) {
      call.rest = trimmed(text, i + 1, text.size());
      return call;
    }
  }
  throw ExpressionError("a '(' is not closed", open);
}

std::string checked_size(const Piece& piece, const std::vector<std::string>& names) {
  try {
    check_expression(piece.text, names);
  } catch (const ExpressionError& error) {
    throw ExpressionError(error.what(), piece.offset + error.offset());
  }
  return piece.text;
}

/// Is it "word" or "word(...)"?
bool is_word(const Piece& size, std::string_view word) {
  if (size.text.compare(0, word.size(), word) != 0) {
    return false;
  }
  const std::size_t next = size.text.find_first_not_of(kBlanks, word.size());
  return next == std::string::npos ? size.text.size() == word.size() : size.text[next] == '(';
}

Sizing sizing_of(const Piece& size) {
  return is_word(size, "auto") ? Sizing::kTuned : is_word(size, "even") ? Sizing::kEven : Sizing::kWritten;
}

/// What stands in the parentheses of "auto(SIZE)"; empty for "auto".
std::string untuned_size_of(const Piece& size, const std::vector<std::string>& names) {
  const std::size_t open = size.text.find('(');
  if (open == std::string::npos) {
    return {};
  }
  if (size.text.back() != ')') {
    throw ExpressionError("nothing may follow the ')'", size.offset + size.text.rfind(')') + 1);
  }
  const Piece inner = trimmed(size.text, open + 1, size.text.size() - 1);
  return checked_size({inner.text, size.offset + inner.offset}, names);
}

void read_sizes(const Call& call, const std::vector<std::string>& names, Directive& directive) {
  const Piece& size = call.arguments[0];
  directive.sizing = sizing_of(size);
  if (directive.sizing == Sizing::kEven && directive.kind != DirectiveKind::kSpatial) {
    throw ExpressionError("only a SpatialMap can be even", size.offset);
  }
  directive.size =
      directive.sizing == Sizing::kWritten ? checked_size(size, names) : untuned_size_of(size, names);
  if (call.arguments.size() == 1) {
    directive.offset = directive.kind == DirectiveKind::kCluster ? "" : directive.size;
    return;
  }
  if (directive.size.empty()) {
    throw ExpressionError("an offset may follow " + size.text + "(SIZE), but not " + size.text,
                          call.arguments[1].offset);
  }
  directive.offset = checked_size(call.arguments[1], names);
}

void expect_arguments(const Call& call, std::size_t wanted, const char* what) {
  if (call.arguments.size() != wanted) {
    throw ExpressionError(call.name.text + " takes " + what, call.name.offset);
  }
}

}  // namespace

Directive parse_directive(const std::string& text, const std::vector<std::string>& dimensions,
                          const std::vector<std::string>& names) {
  const Call call = split_call(text);
  const std::vector<std::string> words = {"TemporalMap", "SpatialMap", "Cluster"};
  const auto word = std::find(words.begin(), words.end(), call.name.text);
  if (word == words.end()) {
    throw ExpressionError(
        "unknown directive '" + call.name.text + "'; " + base::allowed_values(call.name.text, words),
        call.name.offset);
  }
  Directive directive;
  if (*word == "Cluster") {
    expect_arguments(call, 1, "one size");
    if (!call.rest.text.empty()) {
      throw ExpressionError("nothing may follow Cluster(size)", call.rest.offset);
    }
    directive.kind = DirectiveKind::kCluster;
    read_sizes(call, names, directive);
    return directive;
  }
  if (call.arguments.size() != 1 || sizing_of(call.arguments[0]) == Sizing::kWritten) {
    expect_arguments(call, 2, "a size and an offset, or auto");
  }
  directive.kind = *word == "SpatialMap" ? DirectiveKind::kSpatial : DirectiveKind::kTemporal;
  read_sizes(call, names, directive);
  if (std::find(dimensions.begin(), dimensions.end(), call.rest.text) == dimensions.end()) {
    throw ExpressionError(
        "unknown dimension '" + call.rest.text + "'; " + base::allowed_values(call.rest.text, dimensions),
        call.rest.offset);
  }
  directive.dimension = call.rest.text;
  return directive;
}

}  // namespace inlay::dataflow
