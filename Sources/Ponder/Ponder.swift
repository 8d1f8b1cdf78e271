// The umbrella: `import Ponder` is all that an app needs. PonderTesting stays apart, for test targets.
@_exported import PonderAnswers
@_exported import PonderCore
@_exported import PonderEvaluation
@_exported import PonderGeneration
@_exported import PonderModels
@_exported import PonderStrategies
@_exported import PonderVerifiers
