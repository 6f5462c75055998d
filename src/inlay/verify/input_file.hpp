#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inlay::verify {

enum class InputKind {
  kModel,
  kScenario,
  kPackage,
  kChiplet,
  kDataflow,
  kEnergyTable,
  kOperators,
  kSchedule,
  kMapping,
  kMaestroHardware,
  kXrbenchHardware
};

/// "model", "scenario", "package", "chiplet", "dataflow", "energy", "operators", "schedule", "mapping",
/// "maestro-hardware", "xrbench-hardware".
std::string to_string(InputKind kind);
std::vector<std::string> input_kind_names();
/// Throws base::InputError with the nearest spelling.
InputKind input_kind_named(const std::string& name);

/// Which kind of file it is, by its keys. Throws base::InputError if it cannot be read or is of no kind.
InputKind recognise(const std::filesystem::path& file);

/// Reads the file as what it is and returns a line that says what was found: "model 'resnet-50': 175 layers".
/// Throws base::InputError for the first thing that is wrong; of a schedule all findings are told.
std::string check_input(const std::filesystem::path& file, InputKind kind);

/// Folder of data/ that holds files of this kind; empty for schedules.
std::string data_room(InputKind kind);

/// What a word on the command line means: a file, or the bare name of a shipped one, looked for in the order
/// of `kinds`. Throws base::InputError with the nearest spelling among them.
struct NamedInput {
  InputKind kind;
  std::filesystem::path file;
};
NamedInput find_input(const std::string& name, const std::vector<InputKind>& kinds);

}  // namespace inlay::verify
