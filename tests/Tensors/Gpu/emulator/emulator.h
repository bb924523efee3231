// What the two halves of the emulator share: switches for the tests of faults.
#pragma once

#include <map>
#include <string>

// A switch that a test set by emulator_set, or what it is without.
long setting(const std::string &name, long otherwise);
