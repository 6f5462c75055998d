#include "inlay/studies/journal.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/base/version.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"

namespace inlay::studies {
namespace {

using Json = nlohmann::ordered_json;

std::string header(const std::string& settings_hash) {
  return Json{{"format", "inlay-study-progress"}, {"format_version", 1}, {"settings", settings_hash}}.dump() +
         '\n';
}

std::string line_of(const std::string& key, const std::string& value) {
  return fmt::format("{{\"key\":{},\"value\":{}}}\n", Json(key).dump(), value);
}

/// The lines of a former run with the same header up to the first that is not whole.
std::map<std::string, std::string> read_lines(const std::string& text, const std::string& first_line) {
  std::map<std::string, std::string> values;
  if (!text.starts_with(first_line)) {
    return values;
  }
  std::istringstream lines(text.substr(first_line.size()));
  for (std::string line; std::getline(lines, line);) {
    const Json entry = Json::parse(line, nullptr, false);
    if (!entry.is_object() || !entry.contains("key") || !entry["key"].is_string() ||
        !entry.contains("value")) {
      break;
    }
    values[entry["key"].get<std::string>()] = entry["value"].dump();
  }
  return values;
}

}  // namespace

Journal::Journal(std::filesystem::path file, const std::string& settings_hash) : file_(std::move(file)) {
  const std::string first_line = header(settings_hash);
  if (std::filesystem::exists(file_)) {
    values_ = read_lines(base::read_file(file_), first_line);
  }
  std::string text = first_line;
  for (const auto& [key, value] : values_) {
    text += line_of(key, value);
  }
  base::write_file(file_, text);
}

std::optional<std::string> Journal::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = values_.find(key);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

void Journal::add(const std::string& key, const std::string& value) {
  const std::lock_guard lock(mutex_);
  values_[key] = value;
  if (file_.empty()) {
    return;
  }
  std::ofstream out(file_, std::ios::app | std::ios::binary);
  out << line_of(key, value) << std::flush;
  if (!out) {
    throw base::InputError(fmt::format("{}: cannot be written", file_.string()));
  }
}

std::unique_ptr<Journal> open_journal(const std::filesystem::path& file, const base::ReadLog& log,
                                      const std::vector<std::string>& engines) {
  if (file.empty()) {
    return std::make_unique<Journal>();
  }
  std::string text(base::version());
  for (const std::string& engine : engines) {
    text += fmt::format(" {} {}", engine, cost::make_engine(engine)->version());
  }
  for (const base::ReadLog::Entry& entry : log.entries()) {
    text += ' ' + entry.hash;
  }
  return std::make_unique<Journal>(file, base::content_hash(text));
}

std::string Journal::what_becomes_of_it() const {
  return kept_on_disk() ? fmt::format("what is finished is kept in {}: the same command goes on from there",
                                      file_.string())
                        : "nothing has been written (--out DIR keeps what is finished)";
}

}  // namespace inlay::studies
