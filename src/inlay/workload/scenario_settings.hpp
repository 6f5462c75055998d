#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::workload {

/// A parameter's value from outside of all files: "sequence=512" for every model that has the parameter,
/// "gpt2-large.sequence=512" for the one that is called so. It replaces what scenario and model say.
struct Setting {
  std::string text;   // as given, for messages
  std::string model;  // empty: every model that has the parameter
  std::string parameter;
  std::int64_t value = 0;
};

/// Throws base::InputError for what is not [MODEL.]NAME=NUMBER, and for what is given twice.
std::vector<Setting> parse_settings(const std::vector<std::string>& texts);

/// The values for a model that stands alone. Throws base::InputError for settings of other models.
ModelParameters settings_of(const std::vector<Setting>& settings, const std::string& model);

/// Hands settings out to the models of a scenario, and knows which nobody took.
class SettingsInUse {
 public:
  explicit SettingsInUse(const std::vector<Setting>& settings);
  /// Those for a model by its name.
  ModelParameters named(const std::string& model);
  /// Those for every model that has the parameter.
  ModelParameters shared(const Model& model);
  /// Throws base::InputError for a setting of no model or of no parameter of any.
  void refuse_unused(const Scenario& scenario) const;

 private:
  const std::vector<Setting>& settings_;
  std::vector<bool> used_;
};

}  // namespace inlay::workload
