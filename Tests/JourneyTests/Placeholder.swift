// Journey
