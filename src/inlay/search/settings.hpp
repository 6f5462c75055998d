#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace inlay::search {

/// One thing that a strategy lets its user choose. The record alone drives reading, checking, help and what a
/// schedule file says of it.
struct OptionRecord {
  enum class Kind { kInteger, kReal, kWord };
  std::string name;  // strategy.option
  std::string description;
  Kind kind = Kind::kInteger;
  std::string default_value;
  double lowest = 0.0;  // of numbers, both included
  double highest = 0.0;
  std::vector<std::string> words;  // that are allowed
};

/// All records of all strategies, in the strategies' order.
const std::vector<OptionRecord>& option_records();
/// Those of one strategy.
std::vector<OptionRecord> option_records_of(const std::string& strategy);
/// "0 to 16", "0 to 1" or "first-fit, uniform".
std::string allowed_text(const OptionRecord& record);

/// The values of options: those that were set, and the defaults of all others.
class Settings {
 public:
  /// Throws base::InputError for an unknown name (with the nearest spelling) and for a value that is not
  /// allowed.
  void set(const std::string& name, const std::string& value);
  /// The same from `name=value`.
  void assign(const std::string& assignment);

  /// Throw base::DefectError for a name that is no record of this kind.
  std::int64_t integer(const std::string& name) const;
  double real(const std::string& name) const;
  const std::string& word(const std::string& name) const;

  /// Every option of a strategy with its value, in the records' order.
  std::vector<std::pair<std::string, std::string>> of(const std::string& strategy) const;
  /// Those that were set, by name.
  const std::map<std::string, std::string>& changed() const { return changed_; }

 private:
  const std::string& value_of(const std::string& name, OptionRecord::Kind kind) const;
  std::map<std::string, std::string> changed_;
};

}  // namespace inlay::search
