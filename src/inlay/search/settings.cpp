#include "inlay/search/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "inlay/base/error.hpp"

namespace inlay::search {
namespace {

const OptionRecord* find_record(const std::string& name) {
  const std::vector<OptionRecord>& records = option_records();
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const OptionRecord& record) { return record.name == name; });
  return found == records.end() ? nullptr : &*found;
}

template <typename Number>
bool parse(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

bool within(const OptionRecord& record, double value) {
  return value >= record.lowest && value <= record.highest;
}

bool allowed(const OptionRecord& record, const std::string& value) {
  std::int64_t integer = 0;
  double real = 0.0;
  switch (record.kind) {
    case OptionRecord::Kind::kInteger:
      return parse(value, integer) && within(record, static_cast<double>(integer));
    case OptionRecord::Kind::kReal:
      return parse(value, real) && within(record, real);
    case OptionRecord::Kind::kWord:
      break;
  }
  return std::find(record.words.begin(), record.words.end(), value) != record.words.end();
}

[[noreturn]] void refuse(const OptionRecord& record, const std::string& value) {
  const char* kind = record.kind == OptionRecord::Kind::kInteger ? "a whole number from "
                     : record.kind == OptionRecord::Kind::kReal  ? "a number from "
                                                                 : "one of these words; ";
  const std::string choice = record.kind == OptionRecord::Kind::kWord
                                 ? base::allowed_values(value, record.words)
                                 : allowed_text(record);
  throw base::InputError(fmt::format("option {}: '{}' is not {}{}", record.name, value, kind, choice));
}

}  // namespace

std::vector<OptionRecord> option_records_of(const std::string& strategy) {
  std::vector<OptionRecord> records;
  std::copy_if(option_records().begin(), option_records().end(), std::back_inserter(records),
               [&](const OptionRecord& record) { return record.name.starts_with(strategy + '.'); });
  return records;
}

std::string allowed_text(const OptionRecord& record) {
  return record.kind == OptionRecord::Kind::kWord ? fmt::format("{}", fmt::join(record.words, ", "))
                                                  : fmt::format("{} to {}", record.lowest, record.highest);
}

void Settings::set(const std::string& name, const std::string& value) {
  const OptionRecord* record = find_record(name);
  if (record == nullptr) {
    std::vector<std::string> names;
    for (const OptionRecord& known : option_records()) {
      names.push_back(known.name);
    }
    throw base::InputError(
        fmt::format("'{}' is no option of a strategy; {}", name, base::allowed_values(name, names)));
  }
  if (!allowed(*record, value)) {
    refuse(*record, value);
  }
  changed_[name] = value;
}

void Settings::assign(const std::string& assignment) {
  const std::size_t sign = assignment.find('=');
  if (sign == std::string::npos) {
    throw base::InputError(fmt::format("'{}' is no option with a value; write NAME=VALUE, such as {}={}",
                                       assignment, option_records().front().name,
                                       option_records().front().default_value));
  }
  set(assignment.substr(0, sign), assignment.substr(sign + 1));
}

const std::string& Settings::value_of(const std::string& name, OptionRecord::Kind kind) const {
  const OptionRecord* record = find_record(name);
  if (record == nullptr || record->kind != kind) {
    throw base::DefectError(fmt::format("no option record of this kind is called '{}'", name));
  }
  const auto found = changed_.find(name);
  return found == changed_.end() ? record->default_value : found->second;
}

std::int64_t Settings::integer(const std::string& name) const {
  std::int64_t value = 0;
  parse(value_of(name, OptionRecord::Kind::kInteger), value);
  return value;
}

double Settings::real(const std::string& name) const {
  double value = 0.0;
  parse(value_of(name, OptionRecord::Kind::kReal), value);
  return value;
}

const std::string& Settings::word(const std::string& name) const {
  return value_of(name, OptionRecord::Kind::kWord);
}

std::vector<std::pair<std::string, std::string>> Settings::of(const std::string& strategy) const {
  std::vector<std::pair<std::string, std::string>> values;
  for (const OptionRecord& record : option_records_of(strategy)) {
    const auto found = changed_.find(record.name);
    values.emplace_back(record.name, found == changed_.end() ? record.default_value : found->second);
  }
  return values;
}

}  // namespace inlay::search
