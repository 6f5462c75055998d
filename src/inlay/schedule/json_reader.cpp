#include "inlay/schedule/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"

namespace inlay::schedule {

using Json = nlohmann::ordered_json;

namespace {

/// What a value is, for "..., not a list".
std::string kind_of(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.size() <= 40 ? fmt::format("not the text '{}'", text) : "not a text";
  }
  if (value.is_number()) {
    return "not " + value.dump();
  }
  return value.is_object()    ? "not an object"
         : value.is_array()   ? "not a list"
         : value.is_boolean() ? "not true or false"
                              : "not null";
}

}  // namespace

JsonReader::JsonReader(const Json& value, std::string path, const std::string& file)
    : value_(value), path_(std::move(path)), file_(file) {
  if (!value.is_object()) {
    refuse(path_, "an object is expected, " + kind_of(value));
  }
}

void JsonReader::refuse(const std::string& path, const std::string& message) const {
  throw base::InputError({file_, 0, 0}, path, message);
}

void JsonReader::fail(const std::string& key, const std::string& message) const {
  refuse(key.empty() ? path_ : at(key), message);
}

std::string JsonReader::at(const std::string& key) const {
  return path_.empty() ? key : path_ + '.' + key;
}

std::string JsonReader::at(const std::string& key, std::size_t i) const {
  return fmt::format("{}[{}]", at(key), i);
}

bool JsonReader::has(const char* key) {
  asked_.emplace_back(key);
  return value_.contains(key);
}

const Json& JsonReader::required(const char* key) {
  if (!has(key)) {
    refuse(path_, fmt::format("the key '{}' is missing", key));
  }
  return value_.at(key);
}

void JsonReader::finish() const {
  for (const auto& item : value_.items()) {
    if (std::find(asked_.begin(), asked_.end(), item.key()) == asked_.end()) {
      refuse(path_, fmt::format("the key '{}' is unknown; {}", item.key(),
                                base::allowed_values(item.key(), asked_)));
    }
  }
}

std::size_t JsonReader::list_size(const char* key) {
  const Json& list = required(key);
  if (!list.is_array()) {
    refuse(at(key), "a list is expected, " + kind_of(list));
  }
  return list.size();
}

const Json& JsonReader::element(const char* key, std::size_t i) const {
  return value_.at(key).at(i);
}

void JsonReader::text(const char* key, std::string& value) {
  const Json& json = required(key);
  if (!json.is_string()) {
    refuse(at(key), "a text is expected, " + kind_of(json));
  }
  value = json.get<std::string>();
}

void JsonReader::texts(const char* key, std::vector<std::string>& values) {
  const std::size_t size = list_size(key);
  values.clear();
  for (std::size_t i = 0; i < size; ++i) {
    const Json& json = element(key, i);
    if (!json.is_string()) {
      refuse(at(key, i), "a text is expected, " + kind_of(json));
    }
    values.push_back(json.get<std::string>());
  }
}

void JsonReader::boolean(const char* key, bool& value) {
  const Json& json = required(key);
  if (!json.is_boolean()) {
    refuse(at(key), "true or false is expected, " + kind_of(json));
  }
  value = json.get<bool>();
}

void JsonReader::natural(const char* key, std::uint64_t& value) {
  const Json& json = required(key);
  if (!json.is_number_unsigned()) {
    refuse(at(key), "a whole number that is not negative is expected, " + kind_of(json));
  }
  value = json.get<std::uint64_t>();
}

std::int64_t JsonReader::whole(const Json& value, const std::string& path, std::int64_t lowest,
                               std::int64_t highest) const {
  // What exceeds 64 bits has been parsed as a floating-point number, or as an unsigned one.
  const bool fits =
      value.is_number_integer() &&
      (!value.is_number_unsigned() || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(kHighest));
  if (!fits) {
    refuse(path, "a whole number of 64 bits is expected, " + kind_of(value));
  }
  const auto number = value.get<std::int64_t>();
  if (number < lowest || number > highest) {
    refuse(path, highest == kHighest ? fmt::format("{} is below {}", number, lowest)
                                     : fmt::format("{} is not in {} to {}", number, lowest, highest));
  }
  return number;
}

int JsonReader::index_of(const Json& value, const std::string& path, std::size_t count,
                         const char* noun) const {
  const std::int64_t number = whole(value, path, std::numeric_limits<std::int64_t>::min(), kHighest);
  if (number < 0 || number >= static_cast<std::int64_t>(count)) {
    refuse(path, fmt::format("{} {} does not exist, there are {}, counted from 0", noun, number, count));
  }
  return static_cast<int>(number);
}

void JsonReader::index(const char* key, int& value, std::size_t count, const char* noun) {
  value = index_of(required(key), at(key), count, noun);
}

void JsonReader::indices(const char* key, std::vector<int>& values, std::size_t count, const char* noun) {
  const std::size_t size = list_size(key);
  values.clear();
  for (std::size_t i = 0; i < size; ++i) {
    values.push_back(index_of(element(key, i), at(key, i), count, noun));
  }
}

void JsonReader::number(const char* key, double& value, bool positive) {
  const Json& json = required(key);
  if (!json.is_number()) {
    refuse(at(key), "a number is expected, " + kind_of(json));
  }
  value = json.get<double>();
  if (value < 0.0 || (positive && value == 0.0)) {
    refuse(at(key), fmt::format("{} is {}", value, positive ? "not above 0" : "below 0"));
  }
}

void JsonReader::optional_number(const char* key, std::optional<double>& value, bool positive) {
  if (has(key)) {
    number(key, value.emplace(), positive);
  }
}

void JsonReader::optional_indices(const char* key, std::vector<int>& values, const char* noun) {
  if (has(key)) {
    indices(key, values, std::numeric_limits<int>::max(), noun);
  }
}

void JsonReader::ratio(const char* key, double& value) {
  if (required(key).is_null()) {
    value = std::numeric_limits<double>::infinity();
  } else {
    number(key, value);
  }
}

std::size_t JsonReader::choice(const char* key, const std::vector<std::string>& words) {
  std::string word;
  text(key, word);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) {
    refuse(at(key), fmt::format("'{}' is unknown; {}", word, base::allowed_values(word, words)));
  }
  return static_cast<std::size_t>(found - words.begin());
}

void JsonReader::fixed(const char* key, const std::string& expected) {
  std::string found;
  text(key, found);
  if (found != expected) {
    refuse(at(key), fmt::format("'{}' stands there where '{}' is due", found, expected));
  }
}

void JsonReader::fixed(const char* key, std::int64_t expected) {
  const std::int64_t found =
      whole(required(key), at(key), std::numeric_limits<std::int64_t>::min(), kHighest);
  if (found != expected) {
    refuse(at(key), fmt::format("{} stands there where {} is due", found, expected));
  }
}

}  // namespace inlay::schedule
