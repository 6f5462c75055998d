#pragma once

#include "inlay/report/page/html_markup.hpp"
#include "inlay/report/page/input.hpp"

namespace inlay::report::page {

// The sections of the page. Each writes its own <section>, or nothing if the input has nothing to say about
// it. A new one is a file of its own, a line here and a line in page.cpp.

void write_head(const PageInput& input, Markup& page);
void write_comparison(const PageInput& input, Markup& page);
void write_front(const PageInput& input, Markup& page);
void write_map(const PageInput& input, Markup& page);
void write_gantt(const PageInput& input, Markup& page);
void write_energy(const PageInput& input, Markup& page);
void write_time(const PageInput& input, Markup& page);
void write_stages(const PageInput& input, Markup& page);
void write_other_schedules(const PageInput& input, Markup& page);
void write_assumptions(const PageInput& input, Markup& page);

}  // namespace inlay::report::page
