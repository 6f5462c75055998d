#include "inlay/solve/solved_front.hpp"

#include <utility>

#include "inlay/evaluate/reference.hpp"

namespace inlay::solve {

SolvedFront solve_front_verified(const StatedProblem& stated, const std::string& strategy,
                                 const search::Options& options) {
  search::FrontAnswer answer = search::solve_front(stated.problem, strategy, options);
  SolvedFront solved;
  solved.certificate = answer.certificate;
  for (search::FrontPoint& point : answer.points) {
    SolvedFront::Point& verified = solved.points.emplace_back();
    verified.cost = evaluate::evaluate_reference(stated.problem, point.schedule);
    verified.document = document_of(stated, std::move(point.schedule), verified.cost);
    require_valid(verified.document);
  }
  return solved;
}

}  // namespace inlay::solve
