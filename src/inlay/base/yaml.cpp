#include "inlay/base/yaml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "inlay/base/file.hpp"

namespace inlay::base {

struct YamlNode::Value {
  YAML::Node node;
};

namespace {

constexpr int kDeepest = 64;

SourcePosition position_of(const YAML::Mark& mark, const std::string& file) {
  if (mark.is_null()) {
    return {file, 0, 0};
  }
  return {file, mark.line + 1, mark.column + 1};
}

// yaml-cpp recurses once per level; junk such as 10,000 opening brackets would exhaust the stack, so the text
// is looked at first. Flow brackets count wherever they stand, block nesting by indentation.
void refuse_deep_nesting(const std::string& text, const std::string& file) {
  int depth = 0;
  int line = 1;
  int column = 0;
  int dashes = 0;
  bool indentation = true;
  for (const char c : text) {
    ++column;
    if (c == '\n') {
      ++line;
      column = 0;
      dashes = 0;
      indentation = true;
      continue;
    }
    if (indentation) {
      dashes += (c == '-' || c == '?') ? 1 : 0;
      indentation = c == ' ' || c == '-' || c == '?';
    }
    depth += (c == '[' || c == '{') ? 1 : 0;
    depth -= (c == ']' || c == '}') ? 1 : 0;
    if (depth > kDeepest || dashes > kDeepest || (indentation && column > 8 * kDeepest)) {
      throw InputError({file, line, column}, "", fmt::format("nested deeper than {} levels", kDeepest));
    }
  }
}

void refuse_binary(const std::string& text, const std::string& file) {
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
  });
  if (bad != text.end()) {
    throw InputError(fmt::format("{}: is not a text file (byte {} is {:#04x})", file, bad - text.begin(),
                                 static_cast<unsigned char>(*bad)));
  }
}

}  // namespace

YamlNode::YamlNode(std::shared_ptr<const Value> value, SourcePosition position, std::string field)
    : value_(std::move(value)), position_(std::move(position)), field_(std::move(field)) {}

YamlNode YamlNode::load(const std::filesystem::path& path) {
  return parse(read_file(path), path.string());
}

YamlNode YamlNode::parse(const std::string& text, const std::string& file) {
  refuse_binary(text, file);
  refuse_deep_nesting(text, file);
  try {
    YAML::Node node = YAML::Load(text);
    if (!node.IsDefined() || node.IsNull()) {
      throw InputError(fmt::format("{}: is empty", file));
    }
    const SourcePosition position = position_of(node.Mark(), file);
    return {std::make_shared<const Value>(Value{std::move(node)}), position, ""};
  } catch (const YAML::Exception& error) {
    throw InputError(position_of(error.mark, file), "", "is not valid YAML: " + error.msg);
  }
}

bool YamlNode::is_map() const {
  return value_->node.IsMap();
}
bool YamlNode::is_list() const {
  return value_->node.IsSequence();
}
bool YamlNode::is_scalar() const {
  return value_->node.IsScalar();
}

void YamlNode::fail(const std::string& message) const {
  throw InputError(position_, field_, message);
}

YamlMap YamlNode::map() const {
  if (!is_map()) {
    fail("a mapping (key: value) is expected");
  }
  YamlMap result(*this);
  for (const auto& entry : value_->node) {
    if (!entry.first.IsScalar()) {
      fail("keys must be plain words");
    }
    const std::string key = entry.first.Scalar();
    const std::string path = field_.empty() ? key : field_ + "." + key;
    const SourcePosition key_position = position_of(entry.first.Mark(), position_.file);
    SourcePosition value_position = position_of(entry.second.Mark(), position_.file);
    if (value_position.line == 0) {
      value_position = key_position;
    }
    const bool repeated = std::any_of(result.entries_.begin(), result.entries_.end(),
                                      [&](const YamlMap::Entry& other) { return other.key == key; });
    YamlNode key_node(std::make_shared<const Value>(Value{entry.first}), key_position, path);
    if (repeated) {
      key_node.fail("is given twice");
    }
    YamlNode value(std::make_shared<const Value>(Value{entry.second}), value_position, path);
    result.entries_.push_back({key, std::move(key_node), std::move(value), false});
  }
  return result;
}

std::vector<YamlNode> YamlNode::list() const {
  if (!is_list()) {
    fail("a list is expected");
  }
  std::vector<YamlNode> result;
  for (const auto& item : value_->node) {
    SourcePosition position = position_of(item.Mark(), position_.file);
    result.push_back(YamlNode(std::make_shared<const Value>(Value{item}),
                              position.line == 0 ? position_ : std::move(position),
                              fmt::format("{}[{}]", field_, result.size())));
  }
  return result;
}

std::string YamlNode::text() const {
  if (!is_scalar()) {
    fail("a single value is expected");
  }
  return value_->node.Scalar();
}

std::string YamlNode::name() const {
  std::string value = text();
  if (value.empty()) {
    fail("a name is expected, it is empty");
  }
  return value;
}

bool YamlNode::boolean() const {
  const std::string value = text();
  if (value == "true" || value == "false") {
    return value == "true";
  }
  fail(fmt::format("'{}' is neither true nor false", value));
}

std::int64_t YamlNode::integer(std::int64_t lowest, std::int64_t highest) const {
  const std::string value = text();
  std::int64_t result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc{} || end != value.data() + value.size()) {
    fail(fmt::format("'{}' is not a whole number", value));
  }
  if (result < lowest) {
    fail(fmt::format("{} is too small, at least {} is expected", result, lowest));
  }
  if (result > highest) {
    fail(fmt::format("{} is too large, at most {} is allowed", result, highest));
  }
  return result;
}

double YamlNode::number(double lowest, double highest) const {
  const std::string value = text();
  double result = 0.0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc{} || end != value.data() + value.size() || !std::isfinite(result)) {
    fail(fmt::format("'{}' is not a number", value));
  }
  if (result < lowest || result > highest) {
    fail(fmt::format("{} is out of range, allowed is {} to {}", result, lowest, highest));
  }
  return result;
}

double YamlNode::quantity(Dimension dimension, bool positive) const {
  const std::string value = text();
  double result = 0.0;
  try {
    result = parse_quantity(value, dimension);
  } catch (const std::invalid_argument& error) {
    fail(error.what());
  }
  if (result < 0.0 || (positive && result == 0.0)) {
    fail(fmt::format("'{}' must be {}", value, positive ? "above zero" : "zero or more"));
  }
  return result;
}

std::int64_t YamlNode::bytes(bool positive) const {
  const std::string value = text();
  std::int64_t result = 0;
  try {
    result = parse_bytes(value);
  } catch (const std::invalid_argument& error) {
    fail(error.what());
  }
  if (result < 0 || (positive && result == 0)) {
    fail(fmt::format("'{}' must be {}", value, positive ? "above zero" : "zero or more"));
  }
  return result;
}

std::size_t YamlNode::choice(const std::vector<std::string>& words) const {
  const std::string value = text();
  const auto found = std::find(words.begin(), words.end(), value);
  if (found == words.end()) {
    fail(fmt::format("'{}' is unknown; {}", value, allowed_values(value, words)));
  }
  return static_cast<std::size_t>(found - words.begin());
}

std::optional<YamlNode> YamlMap::optional(const std::string& key) {
  asked_.push_back(key);
  for (Entry& entry : entries_) {
    if (entry.key == key) {
      entry.read = true;
      return entry.value;
    }
  }
  return std::nullopt;
}

YamlNode YamlMap::required(const std::string& key) {
  std::optional<YamlNode> value = optional(key);
  if (!value) {
    // A misspelt key is the likeliest reason for a missing one: say so where it stands.
    for (const Entry& entry : entries_) {
      if (!entry.read && nearest_spelling(entry.key, {key}) == key) {
        entry.key_node.fail(fmt::format("unknown key; did you mean '{}'?", key));
      }
    }
    node_.fail(fmt::format("key '{}' is missing", key));
  }
  return *value;
}

std::vector<std::pair<std::string, YamlNode>> YamlMap::entries() {
  std::vector<std::pair<std::string, YamlNode>> result;
  for (Entry& entry : entries_) {
    entry.read = true;
    result.emplace_back(entry.key, entry.value);
  }
  return result;
}

void YamlMap::finish() const {
  for (const Entry& entry : entries_) {
    if (!entry.read) {
      entry.key_node.fail(fmt::format("unknown key; {}", allowed_values(entry.key, asked_)));
    }
  }
}

}  // namespace inlay::base
