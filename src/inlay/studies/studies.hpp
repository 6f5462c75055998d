// The registered studies. To add one: a folder of its own and a line in studies.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "inlay/studies/study.hpp"

namespace inlay::studies {

std::vector<std::string> study_names();
/// Throws base::InputError with the nearest spelling for an unknown name.
void require_study(const std::string& name);
/// Names of the drawings that a study makes; empty for most.
std::vector<std::string> study_files(const std::string& name);
/// Whether a study takes a folder of measurements.
bool takes_data(const std::string& name);
/// Throws base::InputError for an unknown name and for what is wrong in the study's files,
/// base::InfeasibleError if it was interrupted or cannot be carried out.
StudyAnswer run_study(const std::string& name, const StudyOptions& options);

/// Whether a file is meant to state what a study varies: by its keys, as `inlay check` recognises files.
bool is_study_file(const std::filesystem::path& file);
/// What such a file states: "study '2312.09401', 1050 points". Throws base::InputError for what is wrong.
std::string check_study_file(const std::filesystem::path& file);

}  // namespace inlay::studies
