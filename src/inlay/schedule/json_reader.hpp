#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inlay::schedule {

/// The archive that reads one JSON object: fills the fields that `describe` names, refusing with
/// base::InputError, naming file and path of keys, what is missing, of another type or out of range. `finish`
/// refuses unknown keys.
class JsonReader {
 public:
  static constexpr bool kReading = true;
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

  /// `value`, which must be an object, stands at `path` of `file`. Keeps references to value and file.
  JsonReader(const nlohmann::ordered_json& value, std::string path, const std::string& file);

  void text(const char* key, std::string& value);
  void boolean(const char* key, bool& value);
  void natural(const char* key, std::uint64_t& value);
  template <typename Integer>
  void integer(const char* key, Integer& value, std::int64_t lowest, std::int64_t highest = kHighest) {
    value = static_cast<Integer>(whole(required(key), at(key), lowest, limit<Integer>(highest)));
  }
  /// As integer(); `usual` where the key is missing.
  void integer_unless(const char* key, std::int64_t& value, std::int64_t usual, std::int64_t lowest) {
    value = usual;
    if (has(key)) {
      integer(key, value, lowest);
    }
  }
  /// One of `count` things called `noun`.
  void index(const char* key, int& value, std::size_t count, const char* noun);
  void bottleneck(const char* key, int& value) { integer(key, value, -1); }
  void number(const char* key, double& value, bool positive = false);
  void optional_number(const char* key, std::optional<double>& value, bool positive = false);
  /// Of things of which it is not yet known how many there are.
  void optional_indices(const char* key, std::vector<int>& values, const char* noun);
  void ratio(const char* key, double& value);
  template <typename Choice>
  void word(const char* key, Choice& value, const std::vector<std::string>& words) {
    value = static_cast<Choice>(choice(key, words));
  }
  void fixed(const char* key, const std::string& expected);
  void fixed(const char* key, std::int64_t expected);
  template <typename Integer>
  void integers(const char* key, std::vector<Integer>& values, std::int64_t lowest,
                std::int64_t highest = kHighest) {
    const std::size_t size = list_size(key);
    values.clear();
    for (std::size_t i = 0; i < size; ++i) {
      values.push_back(
          static_cast<Integer>(whole(element(key, i), at(key, i), lowest, limit<Integer>(highest))));
    }
  }
  void indices(const char* key, std::vector<int>& values, std::size_t count, const char* noun);
  void texts(const char* key, std::vector<std::string>& values);

  template <typename Function>
  void part(const char* key, Function fields) {
    JsonReader inner(required(key), at(key), file_);
    fields(inner);
    inner.finish();
  }
  template <typename Value>
  void object(const char* key, Value& value) {
    part(key, [&](JsonReader& inner) { describe(inner, value); });
  }
  template <typename Value>
  void optional(const char* key, std::optional<Value>& value) {
    if (has(key)) {
      object(key, value.emplace());
    }
  }
  /// A part that may be missing; `present` matters to the writer only. False if it is.
  template <typename Function>
  bool optional_part(const char* key, bool /*present*/, Function fields) {
    if (!has(key)) {
      return false;
    }
    part(key, fields);
    return true;
  }
  template <typename Value, typename Function>
  void list(const char* key, std::vector<Value>& values, Function fields) {
    const std::size_t size = list_size(key);
    values.clear();
    for (std::size_t i = 0; i < size; ++i) {
      JsonReader inner(element(key, i), at(key, i), file_);
      fields(inner, values.emplace_back());
      inner.finish();
    }
  }
  template <typename Value>
  void list(const char* key, std::vector<Value>& values) {
    list(key, values, [](JsonReader& inner, Value& value) { describe(inner, value); });
  }

  /// An empty list where the key is missing.
  template <typename Value, typename Function>
  void optional_list(const char* key, std::vector<Value>& values, Function fields) {
    values.clear();
    if (has(key)) {
      list(key, values, fields);
    }
  }

  /// Throws base::InputError for the first key that nobody asked for.
  void finish() const;
  /// Throws base::InputError about the value of `key`, or about the whole object if it is empty.
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

 private:
  template <typename Integer>
  static std::int64_t limit(std::int64_t highest) {
    return std::min<std::int64_t>(highest, std::numeric_limits<Integer>::max());
  }
  bool has(const char* key);
  const nlohmann::ordered_json& required(const char* key);
  std::size_t list_size(const char* key);
  const nlohmann::ordered_json& element(const char* key, std::size_t i) const;
  std::size_t choice(const char* key, const std::vector<std::string>& words);
  std::string at(const std::string& key) const;
  std::string at(const std::string& key, std::size_t i) const;
  [[noreturn]] void refuse(const std::string& path, const std::string& message) const;
  /// `lowest` is shown as the smallest allowed value.
  std::int64_t whole(const nlohmann::ordered_json& value, const std::string& path, std::int64_t lowest,
                     std::int64_t highest) const;
  int index_of(const nlohmann::ordered_json& value, const std::string& path, std::size_t count,
               const char* noun) const;

  const nlohmann::ordered_json& value_;
  std::string path_;
  const std::string& file_;
  std::vector<std::string> asked_;
};

}  // namespace inlay::schedule
