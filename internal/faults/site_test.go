package faults

func removeProgram() {}
