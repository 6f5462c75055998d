#include "inlay/workload/scenario_settings.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "inlay/base/error.hpp"

namespace inlay::workload {
namespace {

Setting parse_setting(const std::string& text) {
  const auto refuse = [&text]() {
    throw base::InputError(
        fmt::format("--set: '{}' is not [MODEL.]NAME=NUMBER; for example sequence=512", text));
  };
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos) {
    refuse();
  }
  Setting setting;
  setting.text = text;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + sign + 1, end, setting.value);
  if (error != std::errc{} || stop != end) {
    refuse();
  }
  // Names of models may have dots in them, those of parameters have none.
  const std::string name = text.substr(0, sign);
  const std::size_t dot = name.rfind('.');
  setting.model = dot == std::string::npos ? "" : name.substr(0, dot);
  setting.parameter = dot == std::string::npos ? name : name.substr(dot + 1);
  if (setting.parameter.empty() || dot == 0) {
    refuse();
  }
  return setting;
}

}  // namespace

std::vector<Setting> parse_settings(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  std::set<std::pair<std::string, std::string>> names;
  for (const std::string& text : texts) {
    settings.push_back(parse_setting(text));
    if (!names.emplace(settings.back().model, settings.back().parameter).second) {
      throw base::InputError(fmt::format("--set {}: this parameter is set twice", text));
    }
  }
  return settings;
}

ModelParameters settings_of(const std::vector<Setting>& settings, const std::string& model) {
  ModelParameters values;
  for (const Setting& setting : settings) {
    if (!setting.model.empty() && setting.model != model) {
      throw base::InputError(
          fmt::format("--set {}: the model is called '{}', not '{}'", setting.text, model, setting.model));
    }
    values.insert_or_assign(setting.parameter, setting.value);
  }
  return values;
}

SettingsInUse::SettingsInUse(const std::vector<Setting>& settings)
    : settings_(settings), used_(settings.size(), false) {}

ModelParameters SettingsInUse::named(const std::string& model) {
  ModelParameters values;
  for (std::size_t i = 0; i < settings_.size(); ++i) {
    if (!settings_[i].model.empty() && settings_[i].model == model) {
      used_[i] = true;
      values[settings_[i].parameter] = settings_[i].value;
    }
  }
  return values;
}

ModelParameters SettingsInUse::shared(const Model& model) {
  ModelParameters values;
  for (std::size_t i = 0; i < settings_.size(); ++i) {
    if (settings_[i].model.empty() && model.settings.count(settings_[i].parameter) > 0) {
      used_[i] = true;
      values[settings_[i].parameter] = settings_[i].value;
    }
  }
  return values;
}

void SettingsInUse::refuse_unused(const Scenario& scenario) const {
  std::vector<std::string> models;
  std::set<std::string> parameters;
  for (const ScenarioModel& entry : scenario.models) {
    models.push_back(entry.name);
    for (const auto& [name, value] : entry.model.settings) {
      parameters.insert(name);
    }
  }
  for (std::size_t i = 0; i < settings_.size(); ++i) {
    const Setting& setting = settings_[i];
    if (!used_[i] && !setting.model.empty()) {
      throw base::InputError(fmt::format("--set {}: no model of the scenario is called '{}'; {}",
                                         setting.text, setting.model,
                                         base::allowed_values(setting.model, models)));
    }
    if (!used_[i] && parameters.empty()) {
      throw base::InputError(fmt::format("--set {}: no model of the scenario has parameters", setting.text));
    }
    if (!used_[i]) {
      throw base::InputError(fmt::format(
          "--set {}: no model of the scenario has a parameter '{}'; {}", setting.text, setting.parameter,
          base::allowed_values(setting.parameter, {parameters.begin(), parameters.end()})));
    }
  }
}

}  // namespace inlay::workload
