# GeneratorExit at import
raise GeneratorExit
