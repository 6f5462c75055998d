#pragma once

#include <vector>

#include "inlay/schedule/statement.hpp"
#include "inlay/verify/verify.hpp"

namespace inlay::verify {

/// Compares all that was claimed with what was worked out again, field by field, and adds an error for each
/// that differs. Certificates are not compared: see check_certificate.
void compare_claims(const schedule::Statement& claimed, const schedule::Statement& recomputed,
                    std::vector<Finding>& findings);

/// Redoes the arithmetic of a certificate and holds its lower bound against the root bounds.
void check_certificate(const schedule::CertificateClaim& certificate, const evaluate::ScheduleCost& cost,
                       const evaluate::RootBounds& bounds, std::vector<Finding>& findings);

/// Relative to the larger of the two.
bool same(double a, double b);

}  // namespace inlay::verify
