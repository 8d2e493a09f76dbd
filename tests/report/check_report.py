#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Tests of the program `chainrule`: check_report.py --program PATH [CLASS ...]"""
import argparse
import sys
import unittest

import program
from catalogue_checks import Catalogue
from experiment_checks import Experiment
from input_checks import Files, Input
from json_checks import Json
from number_checks import Chains, Kinks, Numbers
from picture_checks import Pictures
from refusal_checks import Refusals

__all__ = ["Catalogue", "Chains", "Experiment", "Files", "Input", "Json", "Kinks", "Numbers", "Pictures",
           "Refusals"]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    arguments, rest = parser.parse_known_args()
    program.PROGRAM = arguments.program
    unittest.main(argv=[sys.argv[0], *rest])
