"""The speech engines, one file each: espeak-ng, gTTS, any HTTP service, any command.

Each file holds the engine's configuration (a frozen pydantic model) and the engine that it opens.  An engine
turns one text into sound and may be called from several threads; what is done with the sound, and which engine
is chosen, is the affair of the rooms around.
"""
