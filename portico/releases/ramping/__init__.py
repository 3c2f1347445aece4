"""Ramps: releases that go on by themselves, step by step, in the worker."""
