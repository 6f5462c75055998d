#include "inlay/schedule/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "inlay/base/error.hpp"

namespace inlay::schedule {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLargestText = std::size_t{64} << 20U;
constexpr std::size_t kDeepest = 32;    // a document of ours has 9 levels
constexpr std::size_t kMostKeys = 256;  // the library finds a key by looking through all
constexpr std::size_t kLineWidth = 110;

/// Walks over the text before anything is built from it.
class Inspector final : public nlohmann::json_sax<Json> {
 public:
  Inspector(const std::string& text, const std::string& file) : text_(text), file_(file) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    Level& level = levels_.back();
    if (!level.keys.insert(key).second) {
      throw base::InputError({file_, 0, 0}, path(), fmt::format("the key '{}' stands there twice", key));
    }
    if (level.keys.size() > kMostKeys) {
      throw base::InputError({file_, 0, 0}, path(), fmt::format("more than {} keys", kMostKeys));
    }
    level.key = key;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::size_t end = std::min(position > 0 ? position - 1 : 0, text_.size());
    const auto begin = text_.begin();
    const auto stop = begin + static_cast<std::ptrdiff_t>(end);
    const auto line = 1 + std::count(begin, stop, '\n');
    const std::size_t last_break = end == 0 ? std::string::npos : text_.rfind('\n', end - 1);
    const std::size_t column = last_break == std::string::npos ? end + 1 : end - last_break;
    throw base::InputError({file_, static_cast<int>(line), static_cast<int>(column)}, "",
                           "no valid JSON: " + reason(error.what()));
  }

 private:
  struct Level {
    bool list = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> keys;
  };

  /// The library's message without its own name and position.
  static std::string reason(const std::string& what) {
    const std::size_t position = what.find(", column ");
    const std::size_t from = position == std::string::npos ? what.find("] ") : what.find(": ", position);
    return from == std::string::npos ? what : what.substr(from + 2);
  }

  std::string path() const {
    std::string text;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      const Level& level = levels_[i];
      text += level.list ? fmt::format("[{}]", level.index) : (text.empty() ? "" : ".") + level.key;
    }
    return text;
  }

  bool value() {
    if (!levels_.empty()) {
      ++levels_.back().index;
    }
    return true;
  }

  bool open(bool list) {
    levels_.push_back({list, 0, "", {}});
    if (levels_.size() > kDeepest) {
      throw base::InputError({file_, 0, 0}, "", fmt::format("nested deeper than {} levels", kDeepest));
    }
    return true;
  }

  bool close() {
    levels_.pop_back();
    return value();
  }

  const std::string& text_;
  const std::string& file_;
  std::vector<Level> levels_;
};

bool is_list_of_objects(const Json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

/// Whether something in it deserves lines of its own.
bool holds_rows(const Json& value) {
  return is_list_of_objects(value) ||
         (value.is_structured() &&
          std::any_of(value.begin(), value.end(), [](const Json& v) { return holds_rows(v); }));
}

std::string quoted(const std::string& text) {
  // Names come from files that may hold anything; what is no UTF-8 becomes U+FFFD rather than an exception.
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string flat(const Json& value) {
  if (value.is_number_float()) {
    return fmt::format("{}", value.get<double>());
  }
  if (value.is_string()) {
    return quoted(value.get_ref<const std::string&>());
  }
  if (!value.is_structured()) {
    return value.dump();
  }
  std::string text(1, value.is_object() ? '{' : '[');
  for (auto item = value.begin(); item != value.end(); ++item) {
    text += item == value.begin() ? "" : ", ";
    text += (value.is_object() ? quoted(item.key()) + ": " : "") + flat(*item);
  }
  return text + (value.is_object() ? '}' : ']');
}

std::string spaces(std::size_t indent) {
  return std::string(indent, ' ');
}

/// Plain values, as many to a line as fit.
std::string filled(const Json& list, std::size_t indent) {
  std::string text = "[";
  std::size_t width = kLineWidth;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string item = flat(list[i]) + (i + 1 < list.size() ? "," : "");
    if (width + 1 + item.size() > kLineWidth) {
      text += '\n' + spaces(indent + 2);
      width = indent + 2;
    } else {
      text += ' ';
      ++width;
    }
    text += item;
    width += item.size();
  }
  return text + '\n' + spaces(indent) + ']';
}

void print(const Json& value, std::size_t indent, bool is_row, std::string& out) {
  if (!value.is_structured() || !holds_rows(value)) {
    std::string line = flat(value);
    if (!value.is_structured() || value.empty() || is_row || indent + line.size() <= kLineWidth) {
      out += line;
      return;
    }
    if (value.is_array() && !value.front().is_structured()) {
      out += filled(value, indent);
      return;
    }
  }
  out += value.is_object() ? "{\n" : "[\n";
  for (auto item = value.begin(); item != value.end(); ++item) {
    out += (item == value.begin() ? "" : ",\n") + spaces(indent + 2);
    out += value.is_object() ? quoted(item.key()) + ": " : "";
    print(*item, indent + 2, value.is_array(), out);
  }
  out += '\n' + spaces(indent) + (value.is_object() ? '}' : ']');
}

}  // namespace

Json parse_json(const std::string& text, const std::string& file) {
  if (text.size() > kLargestText) {
    throw base::InputError({file, 0, 0}, "", "larger than 64 MiB, which no schedule is");
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw base::InputError({file, 0, 0}, "", "is empty; a schedule in JSON is expected");
  }
  Inspector inspector(text, file);
  Json::sax_parse(text, &inspector);
  return Json::parse(text);
}

std::string pretty_json(const Json& value) {
  std::string text;
  print(value, 0, false, text);
  return text + '\n';
}

}  // namespace inlay::schedule
