#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "inlay/base/error.hpp"

namespace inlay::schedule {

/// The archive that writes: takes the fields that `describe` names into a JSON object. Ranges matter to the
/// reader only.
class JsonWriter {
 public:
  static constexpr bool kReading = false;

  void text(const char* key, const std::string& value) { object_[key] = value; }
  void boolean(const char* key, bool value) { object_[key] = value; }
  void natural(const char* key, std::uint64_t value) { object_[key] = value; }
  template <typename Integer>
  void integer(const char* key, Integer value, std::int64_t = 0, std::int64_t = 0) {
    object_[key] = value;
  }
  /// Nothing is written for the usual value.
  void integer_unless(const char* key, std::int64_t value, std::int64_t usual, std::int64_t) {
    if (value != usual) {
      object_[key] = value;
    }
  }
  void index(const char* key, int value, std::size_t, const char*) { object_[key] = value; }
  void bottleneck(const char* key, int value) { object_[key] = value; }
  void number(const char* key, double value, bool = false) {
    if (!std::isfinite(value)) {
      throw base::DefectError(fmt::format("'{}' of a schedule document is {}", key, value));
    }
    object_[key] = value == 0.0 ? 0.0 : value;  // -0 would read back as the integer 0
  }
  /// Nothing is written where there is no number.
  void optional_number(const char* key, const std::optional<double>& value, bool = false) {
    if (value) {
      number(key, *value);
    }
  }
  /// Nothing is written where there are none.
  void optional_indices(const char* key, const std::vector<int>& values, const char*) {
    if (!values.empty()) {
      object_[key] = values;
    }
  }
  /// A number or, where the divisor was zero, null.
  void ratio(const char* key, double value) {
    if (std::isinf(value)) {
      object_[key] = nullptr;
    } else {
      number(key, value);
    }
  }
  template <typename Choice>
  void word(const char* key, Choice value, const std::vector<std::string>& words) {
    object_[key] = words.at(static_cast<std::size_t>(value));
  }
  /// A word or number that follows from the rest of the document; the reader refuses any other.
  template <typename Value>
  void fixed(const char* key, const Value& value) {
    object_[key] = value;
  }
  template <typename Integer>
  void integers(const char* key, const std::vector<Integer>& values, std::int64_t = 0, std::int64_t = 0) {
    object_[key] = values;
  }
  void indices(const char* key, const std::vector<int>& values, std::size_t, const char*) {
    object_[key] = values;
  }
  void texts(const char* key, const std::vector<std::string>& values) { object_[key] = values; }

  template <typename Function>
  void part(const char* key, Function fields) {
    JsonWriter inner;
    fields(inner);
    object_[key] = std::move(inner.object_);
  }
  template <typename Value>
  void object(const char* key, Value& value) {
    part(key, [&](JsonWriter& inner) { describe(inner, value); });
  }
  template <typename Value>
  void optional(const char* key, std::optional<Value>& value) {
    if (value) {
      object(key, *value);
    }
  }
  template <typename Function>
  bool optional_part(const char* key, bool present, Function fields) {
    if (present) {
      part(key, fields);
    }
    return present;
  }
  template <typename Value, typename Function>
  void list(const char* key, std::vector<Value>& values, Function fields) {
    nlohmann::ordered_json items = nlohmann::ordered_json::array();
    for (Value& value : values) {
      JsonWriter inner;
      fields(inner, value);
      items.push_back(std::move(inner.object_));
    }
    object_[key] = std::move(items);
  }
  template <typename Value>
  void list(const char* key, std::vector<Value>& values) {
    list(key, values, [](JsonWriter& inner, Value& value) { describe(inner, value); });
  }

  /// Nothing is written for an empty list.
  template <typename Value, typename Function>
  void optional_list(const char* key, std::vector<Value>& values, Function fields) {
    if (!values.empty()) {
      list(key, values, fields);
    }
  }

  const nlohmann::ordered_json& json() const { return object_; }

 private:
  nlohmann::ordered_json object_ = nlohmann::ordered_json::object();
};

}  // namespace inlay::schedule
