#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"

namespace inlay::base {

class YamlMap;

/// One value of a YAML file, together with where it stands, so that every error can say so.
/// All reading functions throw InputError with file, line, column and field.
class YamlNode {
 public:
  /// Parses a file; throws InputError for what is not YAML, empty, or nested deeper than 64 levels.
  static YamlNode load(const std::filesystem::path& path);
  /// Parses text as if it were a file of that name.
  static YamlNode parse(const std::string& text, const std::string& file);

  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;

  YamlMap map() const;
  std::vector<YamlNode> list() const;
  std::string text() const;
  /// A name: text that is not empty.
  std::string name() const;
  bool boolean() const;
  std::int64_t integer(std::int64_t lowest,
                       std::int64_t highest = std::numeric_limits<std::int64_t>::max()) const;
  double number(double lowest, double highest = std::numeric_limits<double>::max()) const;
  /// A quantity with its unit, not negative; `positive` also refuses zero.
  double quantity(Dimension dimension, bool positive = false) const;
  std::int64_t bytes(bool positive = false) const;
  /// One of a fixed set of words; returns its index.
  std::size_t choice(const std::vector<std::string>& words) const;

  const SourcePosition& position() const { return position_; }
  const std::string& field() const { return field_; }
  [[noreturn]] void fail(const std::string& message) const;

 private:
  friend class YamlMap;
  struct Value;
  YamlNode(std::shared_ptr<const Value> value, SourcePosition position, std::string field);
  std::shared_ptr<const Value> value_;
  SourcePosition position_;
  std::string field_;
};

/// The keys of a mapping. Read each key once, then call finish(), which refuses keys nobody asked for.
class YamlMap {
 public:
  YamlNode required(const std::string& key);
  std::optional<YamlNode> optional(const std::string& key);
  /// All keys with their values in the file's order; marks them all as read.
  std::vector<std::pair<std::string, YamlNode>> entries();
  /// Throws InputError for the first unknown key, naming the keys that were asked for and the nearest one.
  void finish() const;
  [[noreturn]] void fail(const std::string& message) const { node_.fail(message); }
  const YamlNode& node() const { return node_; }

 private:
  friend class YamlNode;
  struct Entry {
    std::string key;
    YamlNode key_node;
    YamlNode value;
    bool read = false;
  };
  explicit YamlMap(YamlNode node) : node_(std::move(node)) {}
  YamlNode node_;
  std::vector<Entry> entries_;
  std::vector<std::string> asked_;
};

}  // namespace inlay::base
